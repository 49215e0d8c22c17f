"""What the judging page is given, whoever looks at it."""

from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.assessment.domain.verdicts import verdict_shown
from apps.assessment.forms.judging import JudgmentForm, SkipForm
from apps.assessment.labels import NO_WORK
from apps.assessment.models import Assignment, Evaluation, Judgment
from apps.assessment.queries import criteria_shown, judged_by, judging_sheet, last_judgment, said_before
from apps.assessment.queries.checks import lesson_of
from apps.assessment.queries.standing import midnight_before, unread_by, why_no_work
from apps.assessment.services.submitting import CORRECTABLE_FOR

Context = dict[str, Any]


def sheet_context(
    place: Assignment,
    user: User,
    *,
    form: JudgmentForm | None = None,
    skip_form: SkipForm | None = None,
    just_said: Judgment | None = None,
) -> Context:
    sheet = judging_sheet(place)
    asked = criteria_shown(sheet.place)
    blank = {"assignment": place.public_id, "lease": place.lease}
    return progress_context(sheet.place.evaluation, user, just_said) | {
        "sheet": sheet,
        "form": form.put_in_order(asked) if form else JudgmentForm(asked, initial=blank),
        "skip_form": skip_form or SkipForm(initial={"lease": place.lease}),
        "seconds_left": seconds_left(place),
    }


def ahead_context(place: Assignment, user: User) -> Context:
    """As it will be when the comparison on the screen is judged."""
    context = sheet_context(place, user)
    return context | {"done": context["done"] + 1, "today": context["today"] + 1, "ahead": True, "lesson": None}


def preview_context(place: Assignment) -> Context:
    """The page as an assessor would get it, for a researcher; nothing can be sent."""
    sheet = judging_sheet(place)
    form = JudgmentForm(criteria_shown(sheet.place))
    return {"sheet": sheet, "evaluation": sheet.place.evaluation, "form": form, "preview": True}


def correction_context(judgment: Judgment, user: User, *, form: JudgmentForm | None = None) -> Context:
    place = judgment.assignment
    a_on_left = judgment.a_on_left
    said: dict[str, object] = {
        "assignment": place.public_id,
        "lease": place.lease,
        "verdict": verdict_shown(judgment.verdict, a_on_left=a_on_left),
        "comment": judgment.comment,
        "flagged": judgment.flagged,
    }
    asked = criteria_shown(place)
    return progress_context(place.evaluation, user) | {
        "sheet": judging_sheet(place),
        "form": form.put_in_order(asked) if form else JudgmentForm(asked, initial=said | said_before(judgment)),
        "correcting": judgment,
    }


def end_context(evaluation: Evaluation, user: User, just_said: Judgment | None = None) -> Context:
    why = NO_WORK.get(why_no_work(user, evaluation, timezone.now()))
    return progress_context(evaluation, user, just_said) | {
        "why": why,
        "waits": evaluation.is_open and not why,
        "sheet": None,
        "form": JudgmentForm(evaluation.criteria.all()),
    }


def progress_context(evaluation: Evaluation, user: User, just_said: Judgment | None = None) -> Context:
    now = timezone.now()
    done, today = judged_by(user, evaluation, midnight_before(now))
    last = just_said or last_judgment(user, evaluation, now - CORRECTABLE_FOR)
    return {
        "evaluation": evaluation,
        "done": done,
        "today": today,
        "last": last,
        "lesson": lesson_of(last) if evaluation.training_size else None,
        "unread": unread_by(user),
    }


def seconds_left(place: Assignment) -> int:
    return round((place.lease_until - timezone.now()).total_seconds()) if place.lease_until else 0
