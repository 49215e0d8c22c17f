from django.utils.translation import gettext_lazy as _

from apps.pipelines.forms import SourceForm


class RecipeForm(SourceForm):
    """A recipe to be checked. Whether it is sound is the service's to say, and whether it can be trained, a worker."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["source"].label = _("Recipe (YAML)")
        self.fields["source"].help_text = _(
            "It is checked while you type. A worker then reads its data and says what it needs."
        )
