"""What a researcher's pages send."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Case, Q, QuerySet, When
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Role, User
from apps.assessment.models import LONGEST_LEASE, SHORTEST_LEASE, Evaluation
from apps.assessment.queries import finished_runs
from apps.generation.models import Run

if TYPE_CHECKING:
    OneRun = forms.ModelChoiceField[Run]
    SomeUsers = forms.ModelMultipleChoiceField[User]
else:  # at run time Django's fields take no type
    OneRun, SomeUsers = forms.ModelChoiceField, forms.ModelMultipleChoiceField


class RunField(OneRun):
    def label_from_instance(self, obj: Run) -> str:
        return f"{obj.revision} · {obj.bucket} · {date_format(localtime(obj.created_at), 'SHORT_DATETIME_FORMAT')}"


class AssessorsField(SomeUsers):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: User) -> str:
        role = obj.get_role_display() if obj.role != Role.ASSESSOR else ""
        mark = str(_("simulated")) if obj.simulated else ""
        notes = ", ".join(note for note in (role, mark) if note)
        return f"{obj} ({obj.email})" + (f" · {notes}" if notes else "")


def possible_assessors(evaluation: Evaluation | None = None) -> QuerySet[User]:
    """Assessors first; anyone else may judge too, once assigned. With those of `evaluation`, active or not."""
    now = evaluation.assessors.values("pk") if evaluation else []
    people = User.objects.filter(Q(is_active=True) | Q(pk__in=now))
    return people.order_by(Case(When(role=Role.ASSESSOR, then=0), default=1), "email")


class OpenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("Assessors see it too, unless it shares words with the name of a pipeline."),
    )
    run_a = RunField(
        label=_("Candidate (A)"), queryset=Run.objects.none(), to_field_name="public_id", empty_label=_("Choose a run")
    )
    run_b = RunField(
        label=_("Baseline (B)"), queryset=Run.objects.none(), to_field_name="public_id", empty_label=_("Choose a run")
    )
    overlap = forms.IntegerField(
        label=_("Judgments per comparison"),
        min_value=1,
        max_value=20,
        initial=2,
        help_text=_("By different assessors. An even number shows each comparison equally often in both orders."),
    )
    lease_minutes = forms.IntegerField(
        label=_("Lease, minutes"),
        min_value=SHORTEST_LEASE,
        max_value=LONGEST_LEASE,
        initial=30,
        help_text=_("How long a comparison stays with an assessor who has stopped working on it."),
    )
    assessors = AssessorsField(label=_("Assessors"), queryset=User.objects.none(), to_field_name="public_id")
    guidelines = forms.CharField(
        label=_("Guidelines"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Assessors can open them beside every comparison. Markdown. Don’t name the pipelines."),
    )

    def __init__(self, user: User, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.runs = finished_runs(user)
        for name in ("run_a", "run_b"):
            self.set_choices(name, self.runs)
        self.set_choices("assessors", possible_assessors())

    def set_choices(self, name: str, rows: QuerySet[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (for the type checker)
        field.queryset = rows


class AssessorsForm(forms.Form):
    assessors = AssessorsField(label=_("Assessors"), queryset=User.objects.none(), to_field_name="public_id")

    def __init__(self, evaluation: Evaluation, data: Any = None) -> None:
        super().__init__(data, initial={"assessors": list(evaluation.assessors.all())})
        field = self.fields["assessors"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (for the type checker)
        field.queryset = possible_assessors(evaluation)
