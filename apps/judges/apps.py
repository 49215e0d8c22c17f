from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JudgesConfig(AppConfig):
    name = "apps.judges"
    label = "judges"
    verbose_name = _("Automatic judges")
