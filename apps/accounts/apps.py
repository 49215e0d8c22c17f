from django.apps import AppConfig

from apps.accounts.logs import keep_secrets_out_of_logs


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    label = "accounts"

    def ready(self) -> None:
        keep_secrets_out_of_logs()
