"""What would fail in one task only is found when the prompt is saved, whichever branch it stands in."""

import pytest

from inference.declare import Kind
from inference.spec.prompts import template_faults

VARIABLES: dict[str, Kind] = {"language": "text", "instruction": "text", "tags": "text", "card": "docs", "docs": "docs"}
LOOP = "{%% for d in docs %%}%s{%% endfor %%}"


def codes(template: str) -> list[str]:
    return [code for _, code, _ in template_faults(template, VARIABLES)]


@pytest.mark.parametrize(
    "template",
    [
        LOOP % '{% if language == "ru" %}{{ d.titel }}{% endif %}',
        LOOP % '{% if language == "tt" %}{{ d["titel"] }}{% endif %}',
        LOOP % "{{ d.title.word }}",
        LOOP % "{{ loop.idx }}",
        "{% if not docs %}{{ docs.title }}{% endif %}",
        "{% if not docs %}{{ (docs|first).titel }}{% endif %}",
        "{% if not docs %}{{ (docs or card)[0].titel }}{% endif %}",
        "{% if not docs %}{{ docs[1:][0].titel }}{% endif %}",
        '{% if language == "tt" %}{{ instruction.foo }}{% endif %}',
        '{{ (instruction|lower).foo if language == "tt" }}',
    ],
)
def test_a_field_that_is_not_there_is_found_in_a_branch_that_is_not_taken(template: str) -> None:
    assert set(codes(template)) <= {"template_field", "template_no_field"} != set()
    assert codes(template)


def test_a_field_s_fault_names_its_line_and_what_is_known() -> None:
    template = 'a\n{% if language == "ru" %}\n{{ card[0].titel }}{% endif %}'
    known = "id, title, text, score, source"
    facts = {"name": "card[0]", "field": "titel", "known": known}
    assert list(template_faults(template, VARIABLES)) == [(3, "template_field", facts)]


@pytest.mark.parametrize(
    ("template", "empty"),
    [
        ("{{ card[0].title }}", "card, docs, instruction, tags"),
        ("{{ (card|first).title }}", "card, docs, instruction, tags"),
        ("{% if docs %}{{ card[0].title }}{% endif %}", "card"),
        ("{% if not tags %}{{ tags|first }}{% endif %}", "card, docs, instruction, tags"),
        ('{% if language == "tt" %}{{ card[0].title }}{% endif %}', "card, docs, instruction, tags"),
    ],
)
def test_what_fails_without_documents_or_text_is_found(template: str, empty: str) -> None:
    ((_, code, facts),) = template_faults(template, VARIABLES)
    assert (code, facts["names"]) == ("template_fails_empty", empty)


def test_one_document_is_not_two() -> None:
    assert codes("{% if docs %}{{ docs[1].title }}{% endif %}") == ["template_fails"]


@pytest.mark.parametrize(
    "template",
    [
        "{% if card %}{{ card[0].title }} {{ card[0]['text'] }} {{ (card|last).score }}{% endif %}",
        LOOP % "{{ loop.index }}/{{ loop.length }} {{ d.id }} {{ d.source|upper }} {{ d.text[:9] }}",
        "{% for d in docs[:2] if d.score > 0.5 %}{{ d.title }}{% else %}{{ instruction }}{% endfor %}",
        LOOP % "{% if not loop.first %}{{ loop.previtem.title }}{% endif %}",
        "{{ instruction[:100] }}{{ (docs|length) ~ tags }}{{ tags or instruction }}",
    ],
)
def test_a_sound_prompt_has_no_fault(template: str) -> None:
    assert codes(template) == []


@pytest.mark.parametrize("chain", [".a", "|lower", "[0]"])
def test_a_chain_without_end_is_a_fault_and_no_crash(chain: str) -> None:
    assert codes("{{ instruction" + chain * 4000 + " }}")
