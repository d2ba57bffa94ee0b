from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    name = "workspace"

    def ready(self) -> None:
        from accounts.registry import registry
        from outbox import kinds
        from realtime import clearing
        from workspace.demo import cast

        registry.demo_people = cast.people
        kinds.register_recurring("changes.clear", clearing.clear_old_changes)
