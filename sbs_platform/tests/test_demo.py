"""The demo's programs: what they read of a page, how they judge, and where passwords are kept."""

import json
import stat
from pathlib import Path

import pytest

from apps.accounts.models import User
from demo.pipelines.definitions import definition
from demo.questions import write_questions
from inference.spec import parse_spec
from sbs_platform.demo.check import sign_ins
from sbs_platform.demo.content import BASELINE, CANDIDATE
from sbs_platform.demo.people import load_people, load_simulated
from sbs_platform.demo.simulated import CRITERIA, FAULTS, judge, surface
from sbs_platform.demo.visitor import Page, UnexpectedPage, read_page

HTML = b"""<main><div data-part="answer-1"><p>Red <b>circle</b></p></div>
<form action="/next/"><input type="hidden" name="lease" value="3">
<input type="radio" name="verdict" value="left"><input type="radio" name="verdict" value="tie" checked></form></main>"""


def test_a_page_is_read_as_a_browser_would_send_it() -> None:
    page = read_page("http://localhost/", 200, HTML)
    form = page.form_with("verdict")
    assert page.parts["answer-1"].strip() == "Red circle"
    assert form.values == {"lease": "3", "verdict": "tie"}
    assert form.choices == {"verdict": ["left", "tie"]}


def test_a_form_that_is_not_there_is_named() -> None:
    with pytest.raises(UnexpectedPage, match="verdict"):
        read_page("http://localhost/", 200, b"<p>Nothing</p>").form_with("verdict")


def test_an_answer_in_the_wrong_script_looks_worse() -> None:
    question = "Какого цвета круг на картинке?"
    assert surface("Круг красного цвета.", question).total > surface("The circle is red.", question).total


def test_a_program_judges_every_criterion_and_the_same_way_twice() -> None:
    parts = {"instruction": "What is red?", "answer-1": "The circle is red.", "answer-2": ""}
    page = Page("http://localhost/", 200, b"", parts=parts)
    said = judge(page, assessor=1)
    assert said == judge(page, assessor=1)
    assert set(said) == {"verdict", *CRITERIA, *FAULTS}
    assert said["verdict"] in ("left", "left_much")


@pytest.mark.django_db
def test_passwords_are_kept_for_the_owner_alone_and_work(tmp_path: Path) -> None:
    load_people(tmp_path)
    again = load_people(tmp_path)
    kept = sign_ins(tmp_path)
    assert stat.S_IMODE((tmp_path / "sign-in.txt").stat().st_mode) == 0o600
    assert set(kept) == {"admin", "researcher", "assessor"}
    assert again.admin.check_password(kept["admin"][1])


@pytest.mark.django_db
def test_programs_say_that_they_are_programs() -> None:
    programs = load_simulated()
    assert all(user.simulated for user, _ in programs)
    assert len(load_simulated()) == len(programs) == User.objects.filter(simulated=True).count()


def test_both_sides_of_the_demo_have_the_same_generator() -> None:
    before, after = (parse_spec(definition(name)).canonical() for name in (BASELINE, CANDIDATE))
    assert before["steps"][-1] == after["steps"][-1]
    assert before["models"]["llm"] == after["models"]["llm"]


def test_questions_of_the_benchmark_are_the_same_every_time_and_have_one_answer(tmp_path: Path) -> None:
    first, again = (write_questions(tmp_path / name, 5).read_text() for name in ("a", "b"))
    assert first == again
    rows = [json.loads(line) for line in first.splitlines()]
    assert {"what is the red shape?", "what is the color of the rectangle?"} <= {row["instruction"] for row in rows}
    assert all(len(row["references"]) == 1 and (tmp_path / "a" / row["images"][0]).is_file() for row in rows)
