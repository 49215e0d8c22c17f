"""How much gold there is, and for whom."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from apps.accounts.models import User
from apps.assessment.models import AssignmentState, Check, Evaluation, GoldItem, Languages
from apps.assessment.queries.checks import STAGES, example_items
from apps.assessment.queries.languages import in_languages
from apps.assessment.queries.qualified import qualified


@dataclass(frozen=True)
class GoldStock:
    """Of the assessor to whom it lasts least: `all` they may be given in their languages, `left` of it, and `needed`
    for what is to come of training, exam and their share of the open places. `waiting` counts those who have training
    or exam before them and nothing left for it."""

    all: int
    left: int
    needed: int
    waiting: int = 0

    @property
    def runs_out(self) -> bool:
        return self.left < self.needed


def gold_for(assessor: User, evaluation: Evaluation) -> QuerySet[GoldItem]:
    """What the person has not had, in their languages; without what the guidelines work out."""
    examples = [item.pk for item in example_items(evaluation)]
    mine = evaluation.gold.filter(in_languages(assessor, "source__task")).exclude(pk__in=examples)
    return mine.exclude(checks__assessor=assessor)


def gold_stock(evaluation: Evaluation, open_places: int) -> GoldStock:
    """Five queries, however many assessors there are; with a qualification six."""
    people = list(evaluation.assessors.values_list("pk", flat=True))
    tags = dict(Languages.objects.filter(assessor__in=people).values_list("assessor", "tags"))
    had = {person: (had, begun) for person, had, begun in items_had(evaluation)}
    items = items_by_language(evaluation)
    stages = evaluation.training_size + evaluation.exam_size
    each = gold_in_work(evaluation, open_places / max(1, len(people)))
    free_of_stages = qualified(evaluation, people)
    stocks, waiting = [], 0
    for person in people:
        total = items_in(items, tags.get(person, ()))
        given, begun = had.get(person, (0, 0))
        before = 0 if person in free_of_stages else max(0, stages - begun)
        waiting += bool(before) and given >= total
        stocks.append(GoldStock(total, max(0, total - given), before + each))
    least = min(stocks, key=lambda stock: stock.left - stock.needed, default=GoldStock(items_in(items, ()), 0, 0))
    return GoldStock(least.all, least.left, least.needed, waiting)


def gold_in_work(evaluation: Evaluation, places: float) -> int:
    """How many gold comparisons come with so many real ones."""
    checks = evaluation.gold_percent + evaluation.control_percent + evaluation.retest_percent
    return round(places * evaluation.gold_percent / (100 - checks))


def items_had(evaluation: Evaluation) -> QuerySet[Check, tuple[int, int, int]]:
    """Assessor, how many gold items they were given, how many of them in training and exam that still count."""
    given = Check.objects.filter(evaluation=evaluation, gold__isnull=False).order_by().values_list("assessor")
    live = Q(kind__in=STAGES) & ~Q(comparison__assignments__state=AssignmentState.WITHDRAWN)
    return given.annotate(had=Count("pk"), begun=Count("pk", filter=live))


def items_by_language(evaluation: Evaluation) -> Counter[str]:
    """Without script and region; without what the guidelines work out."""
    items = evaluation.gold.exclude(pk__in=[item.pk for item in example_items(evaluation)]).order_by()
    found = Counter[str]()
    for language, count in items.values_list("source__task__language").annotate(Count("pk")):
        found[language.split("-")[0]] += count
    return found


def items_in(items: Counter[str], tags: Collection[str]) -> int:
    return sum(count for language, count in items.items() if not tags or language in tags)
