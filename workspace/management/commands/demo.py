from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from orgchart.models import Organization
from workspace.demo import cast, staging
from workspace.demo.people import COMPANIES


class Command(BaseCommand):
    help = "Makes the demo company, once: 湖畔科技 Lakeside Tech with some weeks of talk, and Northwind beside it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="make it on this database, whatever the settings say")

    def handle(self, *, force: bool, **options: Any) -> None:
        if is_there():
            self.stdout.write("The demo company is there already; nothing was changed.")
        else:
            refuse_real_companies()
            if not force:
                refuse_public_servers()
            self.stdout.write("Making the demo company…")
            staging.make_demo(now=timezone.localtime(timezone=timezone.get_default_timezone()))
        addresses = "".join(f"\n  {address}" for address in cast.NAMED)
        self.stdout.write(
            f"Choose somebody on the sign-in page, or give the password “{cast.PASSWORD}” and one of{addresses}"
        )


def is_there() -> bool:
    """Whether all demo companies are here and are ours: their people have addresses that no real ones can have."""
    handles = {company.handle for company in COMPANIES}
    known = Organization.objects.filter(handle__in=handles, members__user__email__in=cast.NAMED).distinct()
    return known.count() == len(handles)


def may_move_in() -> bool:
    """Whether the demo lives here or could: not where a company works in earnest, nor on a public server."""
    return is_there() or (settings.EMBEDDED and not Organization.objects.exists())


def refuse_real_companies() -> None:
    """CommandError in a sentence if anybody uses this database in earnest."""
    organization = Organization.objects.first()
    if organization:
        raise CommandError(
            f"“{organization.name}” lives in this database. The demo company only moves into an empty one: set DEMO=0."
        )


def refuse_public_servers() -> None:
    """CommandError in a sentence where a password that everybody may know could do harm."""
    if not (settings.DEMO and settings.EMBEDDED):
        raise CommandError(
            "Everybody may know the demo's passwords: it is made with DEMO=1 on the embedded database. "
            "If this server is yours alone, --force makes it here, too."
        )
