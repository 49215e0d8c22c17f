from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from apps.buckets.models import Bucket
from apps.generation.queries import buckets_with_runs
from apps.pipelines.models import PipelineRevision

if TYPE_CHECKING:
    from apps.accounts.models import User

    BucketChoice = forms.ModelChoiceField[Bucket]
else:
    BucketChoice = forms.ModelChoiceField

LARGEST_SEED = 2**63 - 1


class BucketField(BucketChoice):
    def label_from_instance(self, obj: Bucket) -> str:
        tasks: int = getattr(obj, "task_count", 0)
        words = ngettext("%(bucket)s: %(tasks)s task", "%(bucket)s: %(tasks)s tasks", tasks)
        return words % {"bucket": obj, "tasks": tasks}


class StartForm(forms.Form):
    """What to run over what. Offers only buckets that `user` may see."""

    bucket = BucketField(label=_("Bucket"), queryset=Bucket.objects.none(), to_field_name="public_id")
    revision = forms.ModelChoiceField(
        label=_("Pipeline revision"),
        queryset=PipelineRevision.objects.select_related("pipeline").order_by("pipeline__name", "-number"),
        to_field_name="public_id",
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        help_text=_("Runs with the same seed draw the same chances. Leave 0 unless you repeat a run on purpose."),
        min_value=0,
        max_value=LARGEST_SEED,
        required=False,
    )
    anew = forms.BooleanField(
        label=_("Ask the models anew"),
        help_text=_("Otherwise what a model has answered before, to exactly the same question, is taken from store."),
        required=False,
    )

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        buckets = Bucket.objects.visible_to(user).annotate(task_count=Count("tasks", distinct=True))
        self.fields["bucket"].queryset = buckets  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """What `start_run` is given."""
        given = self.cleaned_data
        return {
            "bucket": given["bucket"],
            "revision": given["revision"],
            "seed": given["seed"] or 0,
            "use_cache": not given["anew"],
        }


class RunFilterForm(forms.Form):
    """The list's filter; what it can't make sense of filters nothing."""

    bucket = forms.ModelChoiceField(
        label=_("Bucket"),
        queryset=Bucket.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("All buckets"),
    )

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["bucket"].queryset = buckets_with_runs(user)  # type: ignore[attr-defined]

    def chosen(self) -> Bucket | None:
        return self.cleaned_data.get("bucket") if self.is_valid() else None
