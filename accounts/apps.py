from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        from accounts import tasks
        from outbox import kinds

        kinds.register("mail.password_reset", tasks.mail_password_reset, queue="mail")
