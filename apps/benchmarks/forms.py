from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.benchmarks.models import Benchmark
from apps.benchmarks.protocols import protocols
from apps.benchmarks.queries import scorable_runs
from apps.buckets.models import Bucket
from apps.generation.models import Run
from apps.pipelines.models import PipelineRevision

if TYPE_CHECKING:
    from apps.accounts.models import User

    ModelForm = forms.ModelForm[Benchmark]
else:
    ModelForm = forms.ModelForm


class BenchmarkForm(ModelForm):
    protocol = forms.ChoiceField(label=_("Protocol"))

    class Meta:
        model = Benchmark
        fields = ["name", "bucket", "protocol"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bucket"] = forms.ModelChoiceField(
            Bucket.objects.visible_to(user),
            to_field_name="public_id",
            label=_("Bucket"),
            help_text=_("Every task needs reference answers. The bucket freezes."),
        )
        self.fields["protocol"].choices = [  # type: ignore[attr-defined]
            (name, f"{protocol.title} ({name})") for name, protocol in protocols().items()
        ]


class ScoreForm(forms.Form):
    run = forms.ModelChoiceField(Run.objects.none(), label=_("Finished run"), to_field_name="public_id")

    def __init__(self, *args: Any, benchmark: Benchmark, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["run"].queryset = scorable_runs(benchmark)  # type: ignore[attr-defined]


class SuiteForm(forms.Form):
    name = forms.ChoiceField(
        label=_("Suite"),
        choices=[
            ("embedded", _("Embedded: eight small benchmarks")),
            ("embedded-full", _("easy-VQA, 9,673 questions")),
        ],
    )
    revision = forms.ModelChoiceField(
        PipelineRevision.objects.select_related("pipeline").order_by("pipeline__name", "-number"),
        label=_("Pipeline revision"),
        to_field_name="public_id",
    )
    limit = forms.IntegerField(
        label=_("First questions only"),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=_("A trial: such runs are marked and never ranked."),
    )
