"""Files of other tools are read as these tools write them: every thing they say by its name, nothing guessed."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime

import pytest

from apps.assessment.domain.becoming import become
from apps.assessment.domain.elsewhere import CannotImport, Pair, Told, checked
from apps.assessment.domain.found import Becomes, find, suggested
from apps.assessment.domain.packing import Rated
from apps.assessment.elsewhere import readers
from apps.assessment.elsewhere.potato import unpack
from apps.assessment.tests import elsewhere_files as files
from apps.assessment.tests.elsewhere_files import ARENA, battle, lines, turns, zipped

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def told_in(form: str, text: str) -> list[Told]:
    return checked(readers()[form].read(text, ("A", "B")), NOW)


def made_of(form: str, text: str, tie_within: float = 0) -> list[Told]:
    told = told_in(form, text)
    found = find(told)
    return become(told, found, suggested(found), tie_within)[0]


@pytest.mark.parametrize(
    ("form", "text", "verdicts"),
    [
        ("arena", ARENA, ["a", "b", "both_bad"]),
        ("arena", lines(files.ARENA_140K), ["both_bad"]),
        ("arena", lines(files.MT_BENCH | {"turn": 1}, files.MT_BENCH | {"turn": 2}), ["tie", "tie"]),
        ("arena", files.ARENA_55K, ["b"]),
        ("label_studio", json.dumps(files.LABEL_STUDIO), ["b", "tie"]),
        ("label_studio", json.dumps(files.LABEL_STUDIO_MIN), ["a"]),
        ("pearmut", lines(*files.PEARMUT_LINES), ["a", "b"]),
        ("pearmut", json.dumps({"wmt25_#_en-cs": files.PEARMUT_LINES}), ["a", "b"]),
        ("pearmut", lines(files.PEARMUT_SLIDERS), ["a"]),
        ("potato", lines({"user_id": "u", **files.POTATO_V1}), ["a"]),
        ("potato", json.dumps(files.POTATO_STATE, indent=2), ["a", "b"]),
        ("potato", lines(files.POTATO_EXPORT), ["tie"]),
        ("potato", "user,instance_id,displayed_text,pref:::A,pref:::B\nu,1,Q,,true\n", ["b"]),
        ("potato", "instance_id\tuser_id\tpref.selection\n1\tu\tA\n", ["a"]),
        ("csv", "task,assessor,verdict,seconds\nt,u,a_much,3\nt,v,Tie,\n", ["a_much", "tie"]),
    ],
)
def test_every_shape_is_read(form: str, text: str, verdicts: list[str]) -> None:
    assert [item.verdict for item in made_of(form, text)] == verdicts


def test_criteria_come_along_by_name() -> None:
    [first, second] = made_of("pearmut", lines(*files.PEARMUT_LINES))
    assert (first.seconds, first.criteria["errors"], second.criteria["errors"]) == (10, Rated(0, 1, 2), Rated(1, 0, 1))
    assert made_of("pearmut", lines(files.PEARMUT_SLIDERS))[0].criteria["fluency"] == Rated(1, 4, 2)
    state = made_of("potato", json.dumps(files.POTATO_STATE))
    assert state[0].criteria == {"accuracy": Rated(0), "clarity": Rated(-1, 4, 5)}
    assert (state[0].seconds, state[0].judged_at, state[1].criteria) == (
        45,
        datetime(2024, 1, 29, 3, 47, 25, tzinfo=UTC),
        {"accuracy": Rated(-1)},
    )
    [likert] = made_of("potato", lines({"user_id": "u", **files.POTATO_V1}))
    assert (likert.criteria, likert.seconds) == ({"fluency": Rated(1, 4, 2)}, 65)
    assert made_of("potato", lines(files.POTATO_EXPORT))[0].criteria == {"grammar": Rated(1)}
    studio = made_of("label_studio", json.dumps(files.LABEL_STUDIO))
    assert studio[0].criteria == {"fluency": Rated(-1, 3, 5), "grammar": Rated(1), "hallucinations": Rated(-1, 1, 0)}
    assert made_of("label_studio", json.dumps(files.LABEL_STUDIO_MIN))[0].criteria == {
        "fluency": Rated(0, 4, 4),
        "grammar": Rated(-1),
    }
    [row] = made_of("csv", "task,assessor,verdict,Beauty,hallucinations_a,hallucinations_b\nt,u,a,b_much,2,0\n")
    assert row.criteria == {"beauty": Rated(-1), "hallucinations": Rated(-1, 2, 0)}


def test_arena_tells_clusters_apart_and_turns_and_nameless_voters() -> None:
    [vote] = told_in("arena", lines(files.ARENA_140K))
    assert (vote.task, vote.assessor, vote.cluster, vote.instruction) == ("f00", "s1", "math", "Q")
    assert [item.task for item in told_in("arena", lines(files.MT_BENCH, files.MT_BENCH | {"turn": 2}))] == [
        "81",
        "81 turn 2",
    ]
    [nameless] = told_in("arena", files.ARENA_55K)
    assert (nameless.assessor, nameless.instruction, nameless.answer_a) == (
        "anonymous 30192",
        "Q\n\nAnd then?",
        "one\n\n",
    )


def test_a_folder_in_a_zip_tells_who_judged() -> None:
    folder = {
        "annotation_output/bea/annotated_instances.jsonl": lines(files.POTATO_V1),
        "annotation_output/annotator_1/user_state.json": json.dumps(files.POTATO_STATE),
        "annotation_output/annotator_1/annotated_instances.jsonl": "spoilt",
        "annotation_output/potato.log": "started",
    }
    told = told_in("potato", unpack(zipped(folder)))
    assert sorted({item.assessor for item in told}) == ["annotator_1", "bea"]
    torn = bytearray(zipped({"u/user_state.json": "{}" * 99}, zipfile.ZIP_DEFLATED))
    torn[47:51] = b"\xff" * 4  # behind the header of the file and its name
    for spoilt in (zipped({"a.txt": ""}), zipped(folder)[:-40], zipped({"u/user_state.json": "{"}), bytes(torn)):
        with pytest.raises(CannotImport):
            unpack(spoilt)


def test_what_each_name_becomes_can_be_chosen() -> None:
    text = "task,assessor,choice,quality_a,quality_b,bugs_a,bugs_b,note,debt_a,debt_b\n"
    text += "t,u,a,7,6.5,0,3,fine,0,1\nt,v,tie,5,5,2,2,,-1,0\n"
    told = told_in("csv", text)
    found = find(told)
    said = {item.name: (item.kind, item.judgments) for item in found}
    assert said.pop("debt") == ("points", 2)
    assert said == {"choice": ("words", 2), "quality": ("points", 2), "bugs": ("points", 2), "note": ("other", 1)}
    assert {name: target.what for name, target in suggested(found).items()} == {
        "choice": "verdict",
        "quality": "own",
        "bugs": "own",
        "note": "left_out",
        "debt": "own",
    }
    becomes = {"quality": Becomes("verdict"), "choice": Becomes("relevance"), "bugs": Becomes("errors", faults=True)}
    made, specs = become(told, found, becomes, tie_within=0.5)
    assert [item.verdict for item in made] == ["tie", "tie"]
    assert [(spec.key, spec.kind) for spec in specs] == [("relevance", "comparative"), ("errors", "marks")]
    assert made[0].criteria == {"relevance": Rated(1), "errors": Rated(1, 0, 3)}
    kept = become(told, found, {"choice": Becomes("verdict"), "quality": Becomes("own")})
    assert (kept[1][0].kind, kept[0][0].criteria) == ("comparative", {"quality": Rated(1)})  # 6.5 is no whole number
    for wrong, says in (
        ({"choice": Becomes("verdict"), "debt": Becomes("errors", faults=True)}, "row 3, debt: is no number of faults"),
        ({"choice": Becomes("errors")}, "verdict: says nowhere which answer is better"),
        ({"choice": Becomes("verdict"), "note": Becomes("own")}, "note: is neither a preference"),
        ({"choice": Becomes("verdict"), "quality": Becomes("verdict")}, "becomes what another one"),
        ({"choice": Becomes("verdict"), "taste": Becomes("own")}, "taste: is not in the file"),
        ({"choice": Becomes("verdict"), "bugs": Becomes("bugs")}, "bugs: can’t become “bugs”"),
    ):
        with pytest.raises(CannotImport, match=says):
            become(told, found, wrong)


def test_what_is_said_turns_with_its_pipelines() -> None:
    [turned] = told_in("csv", "task,assessor,model_a,model_b,verdict,x_a,x_b\nt,u,new,old,a,1,2\nt,v,old,new,a,1,2\n")[
        1:
    ]
    assert (turned.a, turned.said, turned.a_on_left) == ("new", {"verdict": "b", "x": Pair(2, 1)}, False)


def test_a_text_may_hold_other_ends_of_lines_than_its_file() -> None:
    line = json.dumps(json.loads(battle("u", "tie", conversation_a=turns("Q", "a\u2028b\x85c"))), ensure_ascii=False)
    [told] = told_in("arena", f"{line}\r\n")
    assert "\u2028" in told.answer_a


CSV = "task,assessor,verdict"


@pytest.mark.parametrize(
    ("form", "text", "says"),
    [
        ("csv", f"{CSV}\nt,u,a\nt,v,maybe\n", "row 3, verdict: “maybe” is no verdict"),
        ("csv", f"{CSV},grammar\nt,u,a,tie\nt,v,b,best\n", "row 3, grammar: “best” is no verdict"),
        ("csv", f"{CSV},x_a,x_b\nt,u,a,1,2\nt,v,b,1e9,2\n", "row 3, x: is no number up to 32767"),
        ("csv", f"{CSV},x_a,x_b\nt,u,a,1,2\nt,v,b,1e999,2\n", "row 3, x: is no number"),
        ("csv", f"{CSV}\nt,,a\n", "row 2, assessor: is missing"),
        ("csv", f"{CSV}\nt,u,a\nt,u,b\n", "row 3, assessor: judged this pair in row 2 already"),
        ("csv", f"{CSV},answer_a\nt,u,a,1\nt,v,b,2\n", "row 3, answer_a: differs from row 2"),
        ("csv", f"{CSV},seconds\nt,u,a,nan\n", "row 2, seconds: is no number"),
        ("csv", f"{CSV},judged_at\nt,u,a,2026-11-02T12:00:00+02:00\n", "row 2, judged_at: is in the future"),
        ("csv", f"{CSV},judged_at\nt,u,a,0001-01-01T00:00:00+14:00\n", "row 2, judged_at: is no time"),
        ("csv", f"{CSV}\n" + "".join(f"t,u{i},a\n" for i in range(21)), "row 22, task: has more than 20"),
        ("csv", f"{CSV},verdict\nt,u,a,b\n", "row 1, verdict: stands twice in the header"),
        ("csv", f"{CSV}\nt,u,a,b\n", "row 2, line: has more cells than the header"),
        ("csv", f'{CSV}\nt,u,"a\n', "line: can’t be read"),
        ("csv", "", "file: has no judgments"),
        ("csv", "task,assessor\nt,u\n", "verdict: says nowhere which answer is better"),
        ("csv", CSV + "".join(f",c{i}" for i in range(101)) + "\nt,u,a" + ",a" * 101 + "\n", "more than 100 different"),
        ("csv", f"{CSV},{'x' * 61}\nt,u,a,a\n", "is no name for a criterion"),
        ("csv", f"{CSV},x{'_' * 100_000}!\nt,u,a,a\n", "is no name for a criterion"),
        ("csv", CSV + ",model_a\n" + "".join(f"t{i},u,a,m{i}\n" for i in range(100)), "names more than 100 pipelines"),
        ("arena", battle("u", "tie") + battle("v", "\ud800"), "row 2, winner: holds a character"),
        ("arena", battle("u", "model_a", "x", "x"), "row 1, model_b: is the same pipeline"),
        ("arena", battle("u", "model_a", conversation_a=3), "row 1, conversation_a: is no list of turns"),
        ("arena", '{"a": ' * 50_000, "row 1, line: is not JSON"),
        ("arena", "[1]", "row 1, line: is no JSON object"),
        ("arena", battle("u\x00", "tie"), "row 1, assessor: holds a character"),
        ("arena", battle("u", "tie", tstamp=1e12), "row 1, tstamp: is no time"),
        ("arena", files.ARENA_55K.replace(",0,1,0", ",1,1,0"), "row 2, winner_model_a"),
        ("label_studio", '{"a": 1}', "file: is no list of tasks"),
        ("label_studio", '[{"id": 1}]', "row 1, annotations: is missing"),
        ("potato", '{"user_id": "u", "instance_id": "1"}', "row 1, label_annotations: names no A, B or tie"),
        ("potato", lines(files.POTATO_V1), "row 1, user_id: is missing"),
        (
            "potato",
            lines(files.POTATO_EXPORT | {"labels": {"\ud800": {"selection": "A"}}}),
            "row 1, line: holds a char",
        ),
        (
            "potato",
            lines(files.POTATO_EXPORT | {"behavioral_data": {"time_string": f"{'9' * 5000}d 0h 0m 0s"}}),
            "is no",
        ),
        ("potato", '{"instance_id_to_label_to_value": {"1": [3]}}', "row 1, instance_id_to_label_to_value: holds"),
        ("pearmut", '[{"item": [1], "annotation": [{}]}]', "row 1, annotation: names models"),
        ("pearmut", "[3]", "row 1, item: is missing"),
        ("pearmut", lines(files.scored("u", 0, [{"new": 3, "old": 4}])), "row 1, annotation: has no score"),
    ],
)
def test_what_is_wrong_is_named_by_row_and_field(form: str, text: str, says: str) -> None:
    with pytest.raises(CannotImport) as refused:
        made_of(form, text)
    assert says in str(refused.value)
