from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions.users import deactivate_user, reactivate_user
from accounts.models import User
from wire.problems import Problem


class Command(BaseCommand):
    help = "Lets somebody sign in no longer, in any organization, and signs them out everywhere; --undo lets them in again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="the e-mail or phone that they sign in with")
        also = parser.add_mutually_exclusive_group()
        also.add_argument("--undo", action="store_true", help="let them sign in again")
        also.add_argument(
            "--last-owner", action="store_true", help="even if an organization then has no owner who could act"
        )

    def handle(self, *, address: str, undo: bool, last_owner: bool, **options: Any) -> None:
        user = User.objects.reached_by(address)
        if user is None:
            raise CommandError(f"Nobody signs in as {address}.")
        if undo:
            reactivate_user(user=user)
            self.stdout.write(f"{user} may sign in again.")
        else:
            try:
                deactivate_user(user=user, even_last_owner=last_owner)
            except Problem as problem:
                raise CommandError(f"{problem.detail} If that is what you want, add --last-owner.")
            self.stdout.write(f"{user} is signed out everywhere and can no longer sign in. Their tokens are revoked.")
