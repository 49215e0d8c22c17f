"""Damage is plain to see, of the kind it says, and the same for the same seed."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.assessment.domain.gold import CRITERION, KINDS, damage

ENGLISH = (
    "The picture shows two dogs next to a red car in front of the house. There is a sign that says “STOP 25” and the "
    "man is holding a bottle in the left hand. The sky is blue and there are several trees on the street."
)
RUSSIAN = (
    "На картинке две собаки и красная машина у дома. На вывеске написано «АПТЕКА», и мужчина держит бутылку. "
    "Большое дерево стоит слева, небо голубое, вдоль улицы идут люди, и светит яркое солнце на крыше."
)


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize(("text", "language"), [(ENGLISH, "en"), (RUSSIAN, "ru")])
def test_every_kind_damages_both_languages(kind: str, text: str, language: str) -> None:
    for seed in range(20):
        damaged = KINDS[kind](text, language, random.Random(seed))
        assert damaged
        assert damaged != text


@pytest.mark.parametrize(
    ("kind", "language", "text", "found"),
    [
        ("object", "en", "A dog sleeps. The Dog is old.", r"^A (\w+) sleeps\. The (?i:\1) is old\.$"),
        ("colour", "ru", "Стоит красная машина, Красную дверь закрыли.", r"ая машина, [А-ЯЁ][а-яё]+ую дверь"),
        ("count", "en", "1. There were 3 boats.", r"^1\. There were [4-6] boats\.$"),
        ("count", "ru", "Видны два кота.", r"^Видны (три|четыре) кота\.$"),
        ("text", "en", "The sign says “EXIT”.", r"^The sign says “[A-Z]{4}”\.$"),
    ],
)
def test_what_is_swapped_keeps_its_form(kind: str, language: str, text: str, found: str) -> None:
    damaged = KINDS[kind](text, language, random.Random(3))
    assert damaged is not None
    assert re.search(found, damaged)


def test_numbers_that_are_no_counts_stay() -> None:
    for text in ("See 3.5 and 10:30.", "1. First\n2. Second", "IMG_2024-11-02"):
        assert KINDS["count"](text, "en", random.Random(1)) is None


def test_the_criterion_follows_the_damage_and_unknown_languages_are_cut_or_replaced() -> None:
    kinds = set()
    for seed in range(80):
        made = damage(ENGLISH, language="en", others=[RUSSIAN, ENGLISH + " "], seed=str(seed))
        assert made is not None
        assert made.criterion == CRITERION[made.kind]
        assert made.kind != "foreign" or made.text == RUSSIAN
        kinds.add(made.kind)
    assert kinds == set(CRITERION)
    german = " ".join(["Das Bild zeigt einen Hund"] * 5)
    assert {damage(german, language="de", others=[], seed=str(seed)).kind for seed in range(20)} <= {"cut", "text"}  # type: ignore[union-attr]
    assert damage("Two.", language="en", others=[ENGLISH], seed="1") is None


def test_a_short_answer_is_replaced_only_where_references_say_which_is_right() -> None:
    given = {"language": "en", "seed": "1"}
    made = damage("Red.", others=["red", "Blue", "RED!"], references=["red", "crimson"], **given)
    assert made is not None
    assert (made.text, made.kind, made.criterion) == ("Blue", "foreign", "errors")
    assert damage("Red.", others=["Blue"], **given) is None
    assert damage("Red.", others=["Blue"], references=["green"], **given) is None
    assert damage("Red.", others=["crimson"], references=["red", "crimson"], **given) is None


def test_a_wrong_answer_is_never_damaged_into_the_right_one() -> None:
    """“Two”, yet there are four: with the reference at hand no gold says that two is better than four."""
    answer = "I can count two dogs in it"
    found = [
        {
            made.text
            for seed in range(60)
            if (made := damage(answer, language="en", others=[], seed=str(seed), references=said))
        }
        for said in ([], ["4", "four"])
    ]
    wrong = "I can count four dogs in it"
    assert wrong in found[0]
    assert found[1] == found[0] - {wrong}


@given(st.text(max_size=400), st.sampled_from(["en", "ru", "de"]), st.integers(0, 99))
def test_any_answer_is_damaged_in_the_same_way_again_or_not_at_all(text: str, language: str, seed: int) -> None:
    made = damage(text, language=language, others=[ENGLISH], seed=str(seed))
    assert made == damage(text, language=language, others=[ENGLISH], seed=str(seed))
    assert made is None or made.text.strip() != text.strip()
