"""POPE: is there such an object in the picture? Yes is the positive class.

Source: RUCAIBox/POPE, evaluate.py at 3df3ba1 (MIT). What stands before the first period is split at spaces, commas
dropped; “No”, “not” or “no” as a word is no, *everything else is yes*, an empty answer too. The strict sibling wants
yes or no to be said, and counts what says neither as wrong. Rows by `category`: random, popular, adversarial.
"""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from apps.benchmarks.domain.items import Item, Row
from apps.benchmarks.domain.metrics import Metrics
from apps.benchmarks.domain.yes_no import decision_metrics, is_right, plain_yes_no
from apps.benchmarks.protocols import Protocol
from apps.benchmarks.refusals import has_yes_or_no

_NO = {"No", "not", "no"}


def parse(item: Item, text: str) -> str | None:
    """None where the official script would fall to yes though no “yes” is said."""
    words = text.split(".", maxsplit=1)[0].replace(",", "").split(" ")
    if not _NO.isdisjoint(words):
        return "no"
    return "yes" if "yes" in text.lower() else None


def parse_strict(item: Item, text: str) -> str | None:
    return plain_yes_no(text)


def aggregate(rows: Sequence[Row]) -> Metrics:
    return decision_metrics(rows, "yes")


FIELDS = {"references": "yes or no", "category": "random, popular or adversarial", "group": "the picture"}
PROTOCOLS = [
    Protocol("pope_official@1", _("POPE"), parse, is_right, has_yes_or_no, guess=lambda item, chance: "yes",
             aggregate=aggregate, fields=FIELDS),
    Protocol("pope_strict@1", _("POPE, yes and no must be said"), parse_strict, is_right, has_yes_or_no,
             aggregate=aggregate, fields=FIELDS),
]  # fmt: skip
