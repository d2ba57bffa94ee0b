import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from outbox.relay import hand_over


class Command(BaseCommand):
    help = "Find due rows and hand them to the Celery workers. Stops on TERM."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.REDIS_URL:
            raise CommandError(
                "Without REDIS_URL the web process works its due rows off itself. Set REDIS_URL to run a relay."
            )
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        hand_over(stop)
