import json
import random
from dataclasses import replace
from uuid import UUID

import pytest

from apps.reports import wording
from apps.reports.domain.frozen import canonical, digest, from_json, to_json
from apps.reports.domain.longform import independent_line, long_lines
from apps.reports.domain.numbers import Asked, Group
from apps.reports.tests.makers import LEAKS, METHOD, Row, make_facts, make_numbers, make_rows
from apps.statistics.undefined import Reason

SIX_BY_THREE: list[list[float]] = [[1, 1, 0.5], [0, 1, 0], [1, 1, 1], [0.5, 0, 1], [1, 0.5, 1], [0, 0, 0.5]]


def six_by_three() -> list[Row]:
    words = {1: "a", 0.5: "tie", 0: "b"}
    return [
        Row(f"t{task}", words[score], UUID(int=assessor))
        for task, scores in enumerate(SIX_BY_THREE)
        for assessor, score in enumerate(scores)
    ]


def sums_to_one(group: Group) -> bool:
    return sum(group.shares.values()) == pytest.approx(1) and sum(group.counts.values()) == group.judgments


def test_reference_table_gives_its_published_error() -> None:
    overall = make_numbers(six_by_three()).overall
    assert overall.win_rate.value == pytest.approx(0.611111, abs=1e-6)
    assert overall.win_rate.standard_error == pytest.approx(0.1337955, abs=1e-7)
    assert overall.net.value == pytest.approx(2 / 9)
    assert overall.net.p == overall.win_rate.p


def test_net_preference_is_shares_of_a_minus_shares_of_b() -> None:
    overall = make_numbers().overall
    shares = overall.shares
    assert overall.net.value == pytest.approx(shares["a_much"] + shares["a"] - shares["b"] - shares["b_much"])
    assert sums_to_one(overall)


def test_clusters_and_languages_partition_the_judgments() -> None:
    numbers = make_numbers()
    assert {group.key for group in numbers.clusters} == {"menus", "signs", "фото"}
    assert [group.key for group in numbers.languages] in (["en", "ru"], ["ru", "en"])
    for groups in (numbers.clusters, numbers.languages):
        assert sum(group.judgments for group in groups) == numbers.counts.judgments == 180
        assert all(sums_to_one(group) for group in groups)
        rates = [group.win_rate.value or 0 for group in groups]
        assert rates == sorted(rates, reverse=True)


def test_an_open_evaluation_gets_no_verdict() -> None:
    assert make_numbers(make_rows(lean=0.6), make_facts(state="open")).verdict.reading == "interim"


def test_version_1_is_read_without_what_it_claimed_too_much() -> None:
    old = {**to_json(make_numbers(make_rows(lean=0.6), make_facts(state="open"))), "version": 1}
    numbers = from_json({**old, "verdict": {**old["verdict"], "reading": "a"}})
    assert (numbers.verdict.reading, numbers.overall.win_rate.design_effect) == ("interim", None)


def test_version_2_is_read_without_what_it_did_not_keep() -> None:
    numbers = make_numbers()
    old = {**to_json(numbers), "version": 2}
    old["facts"] = {name: value for name, value in old["facts"].items() if name not in ("pairs", "leaks")}
    read = from_json(old)
    assert (read.facts.pairs, read.facts.leaks, read.overall) == (None, None, numbers.overall)
    assert not any(line.section == "leak" for line in long_lines(read))
    assert (wording.pairs(read), "not scanned" in wording.leaks(read)) == ([], True)


def test_what_was_not_scanned_for_leaks_is_said() -> None:
    facts = make_facts()
    assert "not scanned" not in wording.leaks(make_numbers(facts=facts))
    for kinds in (LEAKS.kinds, ()):
        numbers = make_numbers(facts=replace(facts, leaks=replace(LEAKS, scanned=40, kinds=kinds)))
        assert "22 comparisons were not scanned" in wording.leaks(numbers)
        assert ("comparisons_not_scanned", 22) in [(line.measure, line.value) for line in long_lines(numbers)]


def test_a_clear_difference_is_read_for_either_side() -> None:
    assert make_numbers(make_rows(lean=0.6)).verdict.reading == "a"
    swapped = {"a_much": "b_much", "a": "b", "b": "a", "b_much": "a_much"}
    rows = [Row(r.task_key, swapped.get(r.verdict, r.verdict), r.assessor_id) for r in make_rows(lean=0.6)]
    assert make_numbers(rows).verdict.reading == "b"


def test_no_difference_is_not_called_a_tie() -> None:
    assert make_numbers(make_rows(lean=0)).verdict.reading == "undecided"


@pytest.mark.parametrize(("tasks", "panel", "missing"), [(29, 6, (1, 0)), (60, 4, (0, 1))])
def test_too_little_data_reads_insufficient_with_its_numbers(tasks: int, panel: int, missing: tuple[int, int]) -> None:
    numbers = make_numbers(make_rows(tasks=tasks, panel=panel, lean=0.6))
    assert numbers.verdict.reading == "insufficient"
    assert (numbers.verdict.tasks_missing, numbers.verdict.assessors_missing) == missing
    assert numbers.overall.win_rate.low is not None


def test_small_cells_are_marked_and_not_tested_together() -> None:
    numbers = make_numbers(make_rows(tasks=45, panel=6))
    assert not any(group.enough or group.p_adjusted for group in numbers.clusters)
    assert all(group.enough and group.p_adjusted for group in numbers.languages)
    assert numbers.cluster_spread.undefined is Reason.TOO_FEW_GROUPS


def test_criteria_count_only_who_rated_and_adjust_by_holm() -> None:
    rows = [Row(f"t{i}", "a", UUID(int=i % 7), ratings={"grammar": [1, 0, 1, -1][i % 4]}) for i in range(40)]
    grammar, relevance = make_numbers(rows).criteria
    assert (grammar.better, grammar.same, grammar.worse) == (20, 10, 10)
    assert grammar.net.value == pytest.approx(0.25)
    assert grammar.p_adjusted == pytest.approx(2 * (grammar.net.p or 0))
    assert (relevance.net.undefined, relevance.p_adjusted) == (Reason.NO_JUDGMENTS, None)
    both = make_numbers().criteria
    assert min(c.p_adjusted or 0 for c in both) == pytest.approx(2 * min(c.net.p or 0 for c in both))


def test_criteria_on_which_all_agree_stay_in_the_family_of_holm() -> None:
    rows = [
        Row(f"t{i}", "a", UUID(int=i % 7), ratings={"grammar": [1, 0, 1, -1][i % 4], "relevance": 1}) for i in range(40)
    ]
    grammar, relevance = make_numbers(rows).criteria
    assert (relevance.net.undefined, relevance.p_adjusted) == (Reason.NO_VARIATION, None)
    assert grammar.p_adjusted == pytest.approx(2 * (grammar.net.p or 0))


def test_value_and_interval_of_independent_judgments_speak_of_one_mean() -> None:
    rows = [Row("x", "a", UUID(int=i)) for i in range(9)] + [Row("y", "b", UUID(int=9))]
    line = independent_line(make_numbers(rows))
    assert line.value == pytest.approx(0.9)
    assert ((line.low or 0) + (line.high or 0)) / 2 == pytest.approx(0.9)


def test_a_left_winning_display_shows_in_the_position() -> None:
    rows = [Row(f"t{i}", "a" if i % 2 else "b", UUID(int=i % 6), a_on_left=bool(i % 2)) for i in range(30)]
    position = make_numbers(rows).position
    assert (position.a_on_left, position.judgments, position.left_share.value) == (15, 30, 1.0)


def test_simulated_judgments_are_counted() -> None:
    rows = make_rows(tasks=10)
    rows += [Row("extra", "a", UUID(int=99), simulated=True), Row("extra2", "a", UUID(int=99), simulated=True)]
    counts = make_numbers(rows).counts
    assert (counts.judgments, counts.simulated_judgments, counts.simulated_assessors) == (32, 2, 1)


def test_no_judgments_and_one_assessor_explain_themselves() -> None:
    empty = make_numbers([])
    assert (empty.verdict.reading, empty.overall.win_rate.undefined) == ("empty", Reason.NO_JUDGMENTS)
    alone = make_numbers([Row("x", "tie"), Row("y", "tie")])
    assert (alone.verdict.reading, alone.overall.win_rate.undefined) == ("insufficient", Reason.ONE_ASSESSOR)
    assert alone.overall.decisive_win_rate.undefined is Reason.NONE_DECISIVE
    for numbers in (empty, alone):
        assert from_json(to_json(numbers)) == numbers


def test_order_of_reading_changes_no_byte() -> None:
    rows = make_rows()
    shuffled = random.Random(1).sample(rows, len(rows))
    assert canonical(to_json(make_numbers(shuffled))) == canonical(to_json(make_numbers(rows)))


def test_one_changed_judgment_changes_the_data_hash() -> None:
    rows = make_rows()
    changed = [Row(rows[0].task_key, "tie" if rows[0].verdict != "tie" else "a", rows[0].assessor_id), *rows[1:]]
    assert make_numbers(changed).data_sha256 != make_numbers(rows).data_sha256


def test_numbers_survive_json_exactly() -> None:
    numbers = make_numbers()
    data = json.loads(canonical(to_json(numbers)))
    assert from_json(data) == numbers
    assert digest(data) == digest(to_json(numbers))
    assert data["method"]["generalise_over"] == METHOD.generalise_over
    assert data["facts"]["a"]["pipeline"] == make_facts().a.pipeline


def test_marks_and_points_speak_of_each_answer_too() -> None:
    rows = [
        Row(
            f"t{task}",
            "a",
            UUID(int=person),
            ratings={"errors": 1, "tone": -1},
            values={"errors": (0, 2), "tone": (2, 4)},
        )
        for task in range(4)
        for person in range(2)
    ]
    rows[0] = replace(rows[0], ratings={"errors": 0}, values={"errors": (1, 1)})
    rows[1] = replace(rows[1], ratings={}, values={"errors": (None, 1)})
    asked = (Asked("errors", "marks", "", 0), Asked("tone", "absolute", "Tone of voice", 5))
    facts = replace(make_facts(), criteria=("errors", "tone"), asked=asked)
    errors, tone = make_numbers(rows, facts).criteria
    assert errors.a is not None
    assert errors.b is not None
    assert errors.a.value == pytest.approx(1 / 4)
    assert (errors.a.judgments, errors.b.value) == (7, 1)
    assert tone.a is not None
    assert tone.b is not None
    assert (tone.name, tone.a.value, tone.b.value, tone.net.value, tone.a.p) == ("Tone of voice", 2, 4, -1, None)
    assert tone.apart is not None
    assert (tone.apart.value, tone.apart.judgments, errors.apart) == (-2, 6, None)
    assert from_json(to_json(make_numbers(rows, facts))).criteria[0].b == errors.b
    (line,) = [line for line in long_lines(make_numbers(rows, facts)) if line.measure == "marked_share_b"]
    assert (line.group, line.value) == ("errors", 1)
