"""What a judgment says beside its verdict: checked against what was shown, stored by criterion and by mark."""

from collections.abc import Iterable, Mapping, Sequence

from apps.assessment.domain.marks import MarkInput, MarkWrong, check_marks
from apps.assessment.domain.outcomes import Outcome, contradicts, outcomes, wrong_fields
from apps.assessment.domain.packing import Rated, pack_ratings
from apps.assessment.domain.refusals import JudgmentInvalid
from apps.assessment.domain.verdicts import JudgmentInput
from apps.assessment.models import Assignment, Contradiction, Criterion, Judgment, Mark, Rating
from apps.assessment.queries import shown_to_mark


def refuse_invalid(form: JudgmentInput, criteria: Sequence[Criterion], place: Assignment) -> None:
    """Raises JudgmentInvalid for what is missing, unknown, or marked where it does not stand."""
    specs = [criterion.spec for criterion in criteria]
    if wrong := wrong_fields(specs, form):
        raise JudgmentInvalid(*wrong)
    if form.marks:
        try:
            shown = shown_to_mark(place, with_pictures=any(mark.region for mark in form.marks))
            check_marks(form.marks, shown, [kind for spec in specs for kind in spec.mark_kinds])
        except MarkWrong as wrong_mark:
            raise JudgmentInvalid("marks", mark=wrong_mark) from None


def contradiction_in(form: JudgmentInput, criteria: Sequence[Criterion]) -> str:
    if not contradicts(form.verdict, outcomes([criterion.spec for criterion in criteria], form)):
        return ""
    return Contradiction.KEPT if form.contradiction_kept else Contradiction.UNASKED


def ratings_meant(form: JudgmentInput, criteria: Sequence[Criterion], *, a_on_left: bool) -> dict[str, Rated]:
    """By key, in terms of the pipelines."""
    said = outcomes([criterion.spec for criterion in criteria], form)
    return {key: rating_meant(found, a_on_left) for key, found in said.items()}


def rating_meant(found: Outcome, a_on_left: bool) -> Rated:
    preference = found.preference if a_on_left or found.preference is None else -found.preference
    return Rated(preference, *((found.left, found.right) if a_on_left else (found.right, found.left)))


def packed_said(criteria: Iterable[Criterion], said: Mapping[str, Rated]) -> bytes:
    """For `Judgment.packed`; `criteria` are those of the evaluation."""
    by_position = sorted(criteria, key=lambda criterion: (criterion.position, criterion.pk))
    return pack_ratings([(criterion.key, criterion.kind) for criterion in by_position], said)


def store_said(
    judgment: Judgment, form: JudgmentInput, criteria: Sequence[Criterion], said: Mapping[str, Rated]
) -> None:
    """Ratings and marks. `criteria` are those of the evaluation, `said` is what the judgment was packed with."""
    a_on_left, by_key = judgment.a_on_left, {criterion.key: criterion for criterion in criteria}
    Rating.objects.bulk_create(
        Rating(judgment=judgment, criterion=by_key[key], **rated._asdict()) for key, rated in said.items()
    )
    by_kind = {kind: criterion for criterion in criteria for kind in criterion.mark_kinds}
    Mark.objects.bulk_create(mark_of(judgment, by_kind[mark.kind], mark, a_on_left) for mark in form.marks)


def mark_of(judgment: Judgment, criterion: Criterion, mark: MarkInput, a_on_left: bool) -> Mark:
    region = mark.region
    return Mark(
        judgment=judgment,
        criterion=criterion,
        side="a" if (mark.answer == 1) == a_on_left else "b",
        kind=mark.kind,
        severity=mark.severity,
        start=mark.start,
        end=mark.end,
        quote=mark.quote,
        note=mark.note.replace("\x00", ""),
        picture=region.picture if region else None,
        left_permille=region.left if region else None,
        top_permille=region.top if region else None,
        width_permille=region.width if region else None,
        height_permille=region.height if region else None,
    )
