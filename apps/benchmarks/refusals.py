"""Why an item can't be scored: what is missing in its truth, and what to do about it. None where nothing is."""

from collections.abc import Callable

from django.utils.translation import gettext, ngettext

from apps.benchmarks.domain.items import Item


def has_references(item: Item) -> str | None:
    if item.references:
        return None
    return gettext("It has no reference answer. Give the right answer in `references`.")


def has_number_of_references(needed: int) -> Callable[[Item], str | None]:
    def refusal(item: Item) -> str | None:
        found = len(item.references)
        if found == needed:
            return None
        message = ngettext(
            "It has %(found)d reference answer; this rule needs %(needed)d. Give the answers of all annotators.",
            "It has %(found)d reference answers; this rule needs %(needed)d. Give the answers of all annotators.",
            found,
        )
        return message % {"found": found, "needed": needed}

    return refusal


def has_yes_or_no(item: Item) -> str | None:
    if len(item.references) == 1 and item.references[0].strip().lower() in {"yes", "no"}:
        return None
    return gettext("Its reference is not “yes” or “no”. Give exactly one of them in `references`.")


def has_choices(item: Item) -> str | None:
    """The first reference is a letter of the choices."""
    if len(item.choices) < 2:
        return gettext("It has fewer than two choices. Give them in `choices`, as a list or by letter.")
    if not item.references or item.references[0] not in item.choices:
        letters = ", ".join(item.choices)
        return gettext("Its reference is not one of its letters. Give one of %(letters)s in `references`.") % {
            "letters": letters
        }
    return None


def has_fields(*names: str) -> Callable[[Item], str | None]:
    def refusal(item: Item) -> str | None:
        missing = [name for name in names if not item.fact(name)]
        if not missing:
            return None
        return gettext("It lacks %(names)s. Give every item these fields.") % {
            "names": ", ".join(f"`{name}`" for name in missing)
        }

    return refusal


def has_group(item: Item) -> str | None:
    if item.group:
        return None
    return gettext("It lacks `group`. Give the questions about one picture the same one.")


def first_of(*rules: Callable[[Item], str | None]) -> Callable[[Item], str | None]:
    """The first refusal that any rule gives."""

    def refusal(item: Item) -> str | None:
        return next((message for rule in rules if (message := rule(item))), None)

    return refusal
