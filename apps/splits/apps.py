from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SplitsConfig(AppConfig):
    name = "apps.splits"
    label = "splits"
    verbose_name = _("Split tests")
