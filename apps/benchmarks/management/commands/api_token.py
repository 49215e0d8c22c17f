"""`manage.py api_token me@example.org`: print a token for /v1/chat/completions."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.models import User
from apps.audit.services import record
from apps.benchmarks.tokens import make_token


class Command(BaseCommand):
    help = "Print a researcher's API token. It ends after 90 days, or with a new password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.with_email(options["email"]).filter(is_active=True).first()
        if user is None or user.is_assessor:
            raise CommandError(f"There is no active researcher {options['email']}.")
        record(user, "api_token.made", user)
        self.stdout.write(make_token(user))
