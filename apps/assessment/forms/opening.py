"""What a researcher's pages send."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Case, Q, QuerySet, When
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Role, User
from apps.assessment.domain.blindness import named_in, shared_words
from apps.assessment.forms.criteria import CriteriaForm
from apps.assessment.forms.policy import PolicyForm
from apps.assessment.models import LONGEST_LEASE, SHORTEST_LEASE, Evaluation
from apps.assessment.queries import comparable_runs, pipeline_names
from apps.buckets.models import Bucket
from apps.generation.models import Run

if TYPE_CHECKING:
    OneRun = forms.ModelChoiceField[Run]
    SomeUsers = forms.ModelMultipleChoiceField[User]
else:  # at run time Django's fields take no type
    OneRun, SomeUsers = forms.ModelChoiceField, forms.ModelMultipleChoiceField


class RunField(OneRun):
    def label_from_instance(self, obj: Run) -> str:
        name = f"{obj.revision} · {obj.bucket} · {date_format(localtime(obj.created_at), 'SHORT_DATETIME_FORMAT')}"
        return f"{name} · {_('still going')}" if getattr(obj, "going", False) else name


class AssessorsField(SomeUsers):
    """`unblinded`: keys of those who can open the runs, and so learn which answer is whose."""

    widget = forms.CheckboxSelectMultiple
    unblinded: frozenset[int] = frozenset()

    def label_from_instance(self, obj: User) -> str:
        role = obj.get_role_display() if obj.role != Role.ASSESSOR else ""
        mark = str(_("simulated")) if obj.simulated else ""
        sees = str(_("can see the answers of both pipelines")) if obj.pk in self.unblinded else ""
        notes = ", ".join(note for note in (role, mark, sees) if note)
        return f"{obj} ({obj.email})" + (f" · {notes}" if notes else "")


def possible_assessors(evaluation: Evaluation | None = None) -> QuerySet[User]:
    """Assessors first; anyone else may judge too, once assigned. With those of `evaluation`, active or not."""
    now = evaluation.assessors.values("pk") if evaluation else []
    people = User.objects.filter(Q(is_active=True) | Q(pk__in=now))
    return people.order_by(Case(When(role=Role.ASSESSOR, then=0), default=1), "email")


def seeing_answers(buckets: QuerySet[Bucket]) -> frozenset[int]:
    """Keys of those who can open the runs over these buckets, where every answer stands under its pipeline's name."""
    members = Bucket.members.through.objects.filter(bucket__in=buckets).values("user")
    seeing = User.objects.filter(Q(role=Role.ADMIN) | Q(role=Role.RESEARCHER, pk__in=members))
    return frozenset(seeing.values_list("pk", flat=True))


def too_few_words(number: int) -> str:
    return ngettext(
        "Nobody judges a comparison twice, and %(number)d assessor is chosen. "
        "Choose more assessors or lower the number.",
        "Nobody judges a comparison twice, and %(number)d assessors are chosen. "
        "Choose more assessors or lower the number.",
        number,
    ) % {"number": number}


class OpenForm(CriteriaForm, PolicyForm):
    field_order = ("name", "run_a", "run_b", "overlap", "lease_minutes", "assessors", "guidelines")
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
        self.runs = comparable_runs(user)
        for name in ("run_a", "run_b"):
            self.set_choices(name, self.runs)
        self.set_choices("assessors", possible_assessors())
        self.fields["assessors"].unblinded = seeing_answers(self.buckets())  # type: ignore[attr-defined]

    def own_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in PolicyForm.base_fields]

    def buckets(self) -> QuerySet[Bucket]:
        """That of the candidate if one is chosen already, otherwise all it could be."""
        chosen = str(self["run_a"].value() or "")
        runs = [run.pk for run in self.runs if str(run.public_id) == chosen] or [run.pk for run in self.runs]
        return Bucket.objects.filter(runs__in=runs)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if "assessors" in said and said.get("overlap", 0) > len(said["assessors"]):
            self.add_error("overlap", too_few_words(len(said["assessors"])))
        if said.get("run_a") and said.get("run_b") and said["run_a"] != said["run_b"]:
            self.check_guidelines(pipeline_names(said["run_a"], said["run_b"]))
        said["policy"] = self.take_policy()
        said["criteria"] = self.take_criteria()
        return said

    def check_guidelines(self, secrets: list[str]) -> None:
        """The same words as in the evaluation's name; a whole name is refused by the service."""
        guidelines = self.cleaned_data.get("guidelines", "")
        shared = shared_words(guidelines, secrets)
        if shared and not named_in(guidelines, secrets):
            words = gettext(
                "The guidelines share words with a pipeline’s name: %(words)s. Assessors read them, so use other words."
            )
            self.add_error("guidelines", words % {"words": ", ".join(shared)})

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
        field.unblinded = seeing_answers(Bucket.objects.filter(pk=evaluation.bucket_id))  # type: ignore[attr-defined]
