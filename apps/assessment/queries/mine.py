"""What an assessor finds of themselves."""

from dataclasses import dataclass

from django.utils.translation import get_language_info

from apps.accounts.models import User
from apps.assessment.domain.rendering import render_markdown
from apps.assessment.models import Assignment, Evaluation, GoldItem
from apps.assessment.queries.checks import example_items
from apps.assessment.queries.paid import Paid, paid_work
from apps.assessment.queries.sheets import Picture, pictures_in


@dataclass(frozen=True)
class Example:
    """A worked example: safe HTML of an answer and of the same answer damaged, and in what."""

    instruction: str
    language: str
    good: str
    damaged: str
    item: GoldItem
    pictures: tuple[Picture, ...]


def languages_offered(user: User) -> list[tuple[str, str]]:
    """Tag and name of the languages of everything the person could be given."""
    mine = Assignment.objects.filter(evaluation__in=Evaluation.objects.open_to(user), is_check=False)
    tags = mine.order_by("language").values_list("language", flat=True).distinct()
    return [(tag, language_name(tag)) for tag in tags if tag]


def language_name(tag: str) -> str:
    try:
        return str(get_language_info(tag)["name_translated"])
    except KeyError:
        return tag


def my_totals(user: User) -> list[tuple[Evaluation, Paid]]:
    """What one did, evaluation by evaluation, the latest first, and month by month."""
    judged = Assignment.objects.filter(assessor=user).values("evaluation")
    rows = [(evaluation, paid_work(evaluation, user)) for evaluation in Evaluation.objects.filter(pk__in=judged)]
    return [(evaluation, month) for evaluation, months in rows for month in months]


def worked_examples(evaluation: Evaluation) -> list[Example]:
    return [example_of(item) for item in example_items(evaluation)]


def example_of(item: GoldItem) -> Example:
    source = item.source
    return Example(
        instruction=source.task.instruction,
        language=source.task.language,
        good=render_markdown(item.undamaged),
        damaged=render_markdown(item.text),
        item=item,
        pictures=pictures_in(source.task.task_images.all()),
    )
