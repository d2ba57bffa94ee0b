from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from outbox.models import DueRow
from workspace.actions.dead_letters import redrive_dead_letters


class Command(BaseCommand):
    help = "Show the due rows that failed too often; with --redrive give them another life."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--redrive", nargs="*", type=int, metavar="ID", help="these rows, or all if none is named")

    def handle(self, *args: Any, **options: Any) -> None:
        dead = DueRow.objects.dead().order_by("dead_at", "id")
        if options["redrive"] is not None:
            rows = options["redrive"] or list(dead.values_list("pk", flat=True))
            count = redrive_dead_letters(rows=rows, by=None)
            self.stdout.write(f"redriven: {count}")
            return
        for row in dead:
            self.stdout.write(f"{row.pk}\t{row.dead_at:%Y-%m-%d %H:%M:%S}\t{row.kind}\t{row.last_error}\t{row.payload}")
        self.stdout.write(f"dead: {dead.count()}")
