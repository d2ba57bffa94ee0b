from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    name = "workspace"

    def ready(self) -> None:
        from accounts.registry import registry
        from workspace.demo import cast

        registry.demo_people = cast.people
