"""The queue of places as one person meets it: which one comes next, and on which side."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef

from apps.accounts.models import User
from apps.assessment.domain.sides import owed_left, prefer_left
from apps.assessment.models import Assignment, AssignmentQuerySet, AssignmentState, Comparison, Evaluation, Judgment
from apps.assessment.queries.languages import languages_of
from apps.assessment.services.checking import Seen
from apps.assessment.services.places import Lately, lock_comparisons

LAST = 2  # judgments, among which the other half of a pair is looked for
# In SQL, since Django needs longer to write it than PostgreSQL to find the place. Scalar subqueries are looked up for
# each candidate; a join would read all that the person met (as `AssignmentQuerySet.not_met_by`). IS NOT TRUE, since
# PostgreSQL expects IS NULL of few rows, and then reads and sorts all places to find them.
SEARCH = """
SELECT s.* FROM assessment_assignment s
WHERE s.evaluation_id = %(evaluation)s AND s.a_on_left = %(left)s AND s.order_key <> ALL(%(kept)s::bigint[]) AND {part}
AND (SELECT true FROM assessment_assignment m
     WHERE m.comparison_id = s.comparison_id AND m.assessor_id = %(assessor)s LIMIT 1) IS NOT TRUE
AND (SELECT true FROM assessment_skip p
     WHERE p.comparison_id = s.comparison_id AND p.assessor_id = %(assessor)s LIMIT 1) IS NOT TRUE
ORDER BY {order} LIMIT 1 FOR NO KEY UPDATE OF s SKIP LOCKED
"""
FREE = "s.state = 'free'"
UNCHECKED = " AND s.order_key <> ALL(%(checked)s::bigint[])"
MINE = " AND s.order_key = ANY(%(mine)s::bigint[])"
LAPSED = "s.state = 'leased' AND NOT s.is_check AND s.lease_until < %(now)s"
IN_LANGUAGE = " AND s.language = %(language)s"


@dataclass(frozen=True)
class Queue:
    """Of one person in one evaluation. Comparisons wait in pairs with opposite sides, both under one key; whoever holds
    one half is kept the other, so all end with as many of either side, or with one more of one."""

    assessor: User
    evaluation: Evaluation
    now: datetime
    seen: Seen

    def next_place(self) -> Assignment | None:
        """Lock a place: of the side that this person is owed, or if none is owed of a drawn one, then the other. A
        place of the wrong side only if nobody else at work is owed it."""
        owed = owed_left(self.seen.left, self.seen.right)
        if owed is None:
            drawn = prefer_left(self.seen.left, self.seen.right, seed=f"{self.evaluation.seed}/{self.assessor.pk}")
            return self.first_on(drawn, not drawn)
        place = self.first_on(owed)
        if place is None and (place := self.first_on(not owed)):
            return turned(place) or (None if self.fits_another(place) else place)
        return place

    def first_on(self, *sides: bool) -> Assignment | None:
        for part in self.parts():
            for left in sides:
                if place := self.first_of(part, left):
                    return place
        return None

    def parts(self) -> Iterator[str]:
        """Free places, the other half of one's own pair first; pairs with a task that came in a check after all others;
        at last places whose lease ran out."""
        for free in (FREE + UNCHECKED, FREE) if self.keys["checked"] else (FREE,):
            if self.seen.pairs:
                yield free + MINE
            yield free
        yield LAPSED

    def first_of(self, part: str, left: bool) -> Assignment | None:
        """The earliest; of several languages, each by its own walk of the index."""
        asked = {"evaluation": self.evaluation.pk, "assessor": self.assessor.pk, "now": self.now, "left": left}
        order = "s.lease_until" if part == LAPSED else "s.order_key"
        search = SEARCH.format(part=part + IN_LANGUAGE * bool(self.languages), order=order)
        found = [
            place
            for language in self.languages or [""]
            for place in Assignment.objects.raw(search, asked | self.keys | {"language": language})
        ]
        return min(found, key=lambda place: place.order_key, default=None)

    @cached_property
    def languages(self) -> list[str]:
        return languages_of(self.assessor)

    @cached_property
    def keys(self) -> dict[str, list[int]]:
        return {"mine": list(self.seen.pairs), "kept": self.kept_for_others(), "checked": self.met_in_checks()}

    def kept_for_others(self) -> list[int]:
        """Keys of what others hold; and, of those who met a check between the halves of a pair, of what they judged
        last."""
        held = list(self.held_by_others().values_list("order_key", "is_check", "assessor"))
        checked = [person for _, is_check, person in held if is_check]
        kept = [key for key, is_check, _ in held if not is_check]
        return kept + (judged_last(checked, self.evaluation) if checked else [])

    def held_by_others(self) -> AssignmentQuerySet:
        """Checks among them: who holds one is at work, too, and its key is nobody's."""
        held = Assignment.objects.filter(
            evaluation=self.evaluation, state=AssignmentState.LEASED, lease_until__gt=self.now
        )
        return held.exclude(assessor=self.assessor).order_by()

    def met_in_checks(self) -> list[int]:
        """Keys of the pairs with a task that the person met in a check. By key, so that the walk over free places needs
        no join, and by three queries: joined, PostgreSQL takes either to be short and reads all comparisons for it."""
        if not (self.seen.check_left or self.seen.check_right):
            return []
        mine = Assignment.objects.filter(assessor=self.assessor, evaluation=self.evaluation, is_check=True).order_by()
        tasks = list(mine.values_list("comparison__task", flat=True))
        met = Comparison.objects.filter(evaluation=self.evaluation, is_check=False, task__in=tasks).order_by()
        places = Assignment.objects.filter(comparison__in=list(met.values_list("pk", flat=True))).order_by()
        return list(places.values_list("order_key", flat=True))

    def fits_another(self, place: Assignment) -> bool:
        """Is somebody at work who may judge it and whose sides it would not unbalance?"""
        others = User.objects.filter(pk__in=self.held_by_others().values("assessor"))
        return any(fits(place, person, self.evaluation) for person in others)


def fits(place: Assignment, person: User, evaluation: Evaluation) -> bool:
    seen, languages = given_to(person, evaluation), languages_of(person)
    return (
        owed_left(seen.left, seen.right) in (None, place.a_on_left)
        and (not languages or place.language in languages)
        and Assignment.objects.filter(pk=place.pk).not_met_by(person).exists()
    )


def turned(place: Assignment) -> Assignment | None:
    """An extra place of a comparison that both sides were judged of equally often may show either."""
    if not place.is_extra:
        return None
    lock_comparisons({place.comparison_id})
    others = Assignment.objects.filter(comparison=place.comparison_id).compared().exclude(pk=place.pk)
    lefts = list(others.values_list("a_on_left", flat=True))
    if 2 * sum(lefts) != len(lefts):
        return None
    place.a_on_left = not place.a_on_left
    return place


def seen_by(assessor: User, evaluation: Evaluation, lately: Sequence[Lately] = (), held: Sequence[int] = ()) -> Seen:
    """`lately`: what they judged, the newest first; `held`: keys of what they hold."""
    keys = [*held, *(judged.order_key for judged in lately if judged.evaluation == evaluation.pk)]
    return replace(given_to(assessor, evaluation), pairs=begun(keys, len(held) + LAST))


def begun(keys: Sequence[int], most: int) -> list[int]:
    """Among the first of these those of pairs of which one half was given; a check has the key 0, which is no pair."""
    had = Counter(keys)
    return [key for key in keys[:most] if key and had[key] == 1]


def given_to(assessor: User, evaluation: Evaluation) -> Seen:
    """Without the pairs."""
    mine = Assignment.objects.filter(assessor=assessor, evaluation=evaluation).order_by()
    counts = {
        (left, check): number for left, check, number in mine.values_list("a_on_left", "is_check").annotate(Count("pk"))
    }
    left, right, check_left, check_right = (
        counts.get(key, 0) for key in ((True, False), (False, False), (True, True), (False, True))
    )
    return Seen(left, right, check_left, check_right)


def judged_last(people: Sequence[int], evaluation: Evaluation) -> list[int]:
    """Keys of the pairs that each of them began last, in one query."""
    said = Judgment.objects.filter(assessor=OuterRef("pk"), evaluation=evaluation, supersedes=None)
    theirs = ArraySubquery(said.order_by("-judged_at").values("assignment__order_key")[: 2 * LAST])
    rows = User.objects.filter(pk__in=people).order_by().values_list(theirs)
    return [key for row in rows for key in begun(row[0], LAST)]
