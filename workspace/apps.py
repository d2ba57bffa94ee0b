from importlib import import_module

from django.apps import AppConfig
from django.conf import settings


class WorkspaceConfig(AppConfig):
    name = "workspace"

    def ready(self) -> None:
        from accounts.registry import registry
        from outbox import kinds
        from realtime import clearing
        from workspace.demo import cast

        if not settings.EMBEDDED:
            # Tasks leave through the default app. Without ours the relay would ask a broker of Celery's own choice.
            import_module("workspace.celery")
        registry.demo_people = cast.people
        kinds.register_recurring("changes.clear", clearing.clear_old_changes)
