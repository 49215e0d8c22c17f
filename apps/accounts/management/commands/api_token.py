"""`manage.py api_token me@example.org`: make, list or revoke a researcher's API tokens."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from apps.accounts.errors import AccountError
from apps.accounts.models import User
from apps.accounts.services import make_api_token, revoke_api_token
from apps.accounts.services.api_tokens import DAYS


class Command(BaseCommand):
    help = "Make an API token for a researcher and print it, this once; or list or revoke those there are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", default="command line", help="what will use it")
        parser.add_argument("--days", type=int, default=DAYS, help="how long it is good for")
        verbs = parser.add_mutually_exclusive_group()
        verbs.add_argument("--list", action="store_true", help="list tokens, with last use")
        verbs.add_argument("--revoke", metavar="NAME", help="revoke the token of that name")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.with_email(options["email"]).first()
        if user is None:
            raise CommandError(f"Nobody has the e-mail {options['email']}.")
        if options["list"]:
            self._list(user)
        elif options["revoke"] is not None:
            self._revoke(user, options["revoke"])
        elif options["days"] < 1:
            raise CommandError("A token is good for at least one day: give --days 1 or more.")
        else:
            self._make(user, options["name"], options["days"])

    def _make(self, user: User, name: str, days: int) -> None:
        try:
            self.stdout.write(make_api_token(actor=user, name=name, now=timezone.now(), days=days))
        except AccountError as refused:
            raise CommandError(f"{refused} (name: {name}; give another by --name, or --revoke it)") from None

    def _list(self, user: User) -> None:
        for token in user.api_tokens.all():
            used = f"{token.last_used_at:%Y-%m-%d %H:%M}" if token.last_used_at else "never"
            state = "revoked" if token.revoked_at else f"until {token.expires_at:%Y-%m-%d}"
            self.stdout.write(f"{token.name}: {state}, last used {used}")

    def _revoke(self, user: User, name: str) -> None:
        token = user.api_tokens.filter(name=name, revoked_at=None).first()
        if token is None:
            raise CommandError(f"There is no token named {name} to revoke; --list shows those there are.")
        revoke_api_token(actor=user, token=token, now=timezone.now())
        self.stdout.write(f"Revoked {name}.")
