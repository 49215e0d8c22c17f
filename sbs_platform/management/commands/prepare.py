from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from sbs_platform.setup.messages import compile_messages


class Command(BaseCommand):
    help = "What a new version needs before its web processes start: tables, static files, translations."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False)
        call_command("collectstatic", interactive=False, verbosity=0)
        for path in compile_messages(settings.BASE_DIR / "locale"):
            self.stdout.write(f"Compiled {path}")
