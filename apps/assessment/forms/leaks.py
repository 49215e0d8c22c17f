"""What the page of possible leaks sends and is asked for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.assessment.models import Decision, Evaluation, LeakHit, LeakHitQuerySet, LeakKind

STATUSES = {"open": _("Undecided")} | dict(Decision.choices) | {"all": _("All")}


class LeakFilter(forms.Form):
    """Nonsense in the address counts as nothing chosen: what is undecided, of every kind."""

    status = forms.ChoiceField(choices=list(STATUSES.items()), required=False)
    kind = forms.ChoiceField(choices=LeakKind.choices, required=False)

    @property
    def chosen(self) -> dict[str, str]:
        """`status` and `kind` ("" for every kind)."""
        self.is_valid()
        return {"status": self.cleaned_data.get("status") or "open", "kind": self.cleaned_data.get("kind") or ""}


class DecideForm(forms.Form):
    """One choice, either for one `hit` or for all undecided ones of a `kind`, of which `seen` were there to look at."""

    choice = forms.ChoiceField(choices=Decision.choices, error_messages={"required": _("Say what to do with it.")})
    hit = forms.UUIDField(required=False)
    kind = forms.ChoiceField(choices=LeakKind.choices, required=False)
    seen = forms.IntegerField(required=False, min_value=0)

    def clean(self) -> dict[str, object]:
        if not self.errors and bool(self.cleaned_data.get("hit")) == bool(self.cleaned_data.get("kind")):
            raise forms.ValidationError(_("Choose one place in an answer, or all of a kind."))
        return self.cleaned_data

    def refuse_unseen(self, evaluation: Evaluation) -> None:
        """Places that joined after the page was loaded were looked at by nobody."""
        if self.is_valid() and self.cleaned_data["kind"]:
            count = self.hits_of(evaluation).count()
            if count != self.cleaned_data["seen"]:
                changed = _("The places of this kind have changed meanwhile: %(count)d are undecided now. Look again.")
                self.add_error(None, changed % {"count": count})

    def hits_of(self, evaluation: Evaluation) -> LeakHitQuerySet:
        hits = LeakHit.objects.of(evaluation)
        if kind := self.cleaned_data["kind"]:
            return hits.open().filter(kind=kind)
        return hits.filter(public_id=self.cleaned_data["hit"])

    @property
    def decision(self) -> Decision:
        return Decision(self.cleaned_data["choice"])
