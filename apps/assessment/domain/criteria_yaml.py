"""A set of criteria from YAML, with the line and key of everything that is wrong with it."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from apps.assessment.domain.criteria import (
    ABSOLUTE,
    MARKS,
    VALUES,
    VERDICT_VALUES,
    Condition,
    CriteriaSet,
    CriterionSpec,
    Kind,
    Order,
)
from apps.assessment.domain.marks import MARK_KINDS

LONGEST = 20_000  # characters
AT_MOST = 12
RESERVED = {"verdict", "comment", "assignment", "lease", "submission_id", "csrfmiddlewaretoken"}
RESERVED |= {"marks", "contradiction", "faults_1", "faults_2", "wrong_1", "wrong_2"}

PRINTABLE = r"^[^\x00-\x1f]+$"
Path = tuple[str | int, ...]
Words = Annotated[str, Field(min_length=1, max_length=200, pattern=PRINTABLE)]
MarkKind = Literal["object", "attribute", "count", "relation", "text", "fact", "logic"]


@dataclass(frozen=True)
class SetProblem:
    """`where` is a path such as `criteria.2.scale`, items from 1; `reason` a key of `labels.SET_PROBLEMS`."""

    line: int
    where: str
    reason: str
    detail: str = ""


class SetInvalid(ValueError):
    def __init__(self, problems: list[SetProblem]) -> None:
        super().__init__("; ".join(f"line {item.line}, {item.where}: {item.reason} {item.detail}" for item in problems))
        self.problems = problems


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ScaleIn(Strict):
    points: Annotated[int, Field(ge=2, le=10)]
    low: Annotated[str, Field(min_length=1, max_length=60, pattern=PRINTABLE)]
    high: Annotated[str, Field(min_length=1, max_length=60, pattern=PRINTABLE)]


class CriterionIn(Strict):
    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,37}$")]
    kind: Kind = "comparative"
    required: bool = True
    name: Words | None = None
    question: Words | None = None
    scale: ScaleIn | None = None
    marks: Annotated[list[MarkKind], Field(max_length=len(MARK_KINDS))] = []
    only_if: Annotated[dict[str, list[str]], Field(min_length=1, max_length=1)] | None = None


class SetIn(Strict):
    order: Order = "fixed"
    criteria: Annotated[list[CriterionIn], Field(min_length=1, max_length=AT_MOST)]


def read_set(source: str, *, key: str = "custom", known: Collection[str] = ()) -> CriteriaSet:
    """`known`: keys that need no `name`, as the platform has words for them. Raises SetInvalid with every problem."""
    values, lines = read_yaml(source)
    try:
        said = SetIn.model_validate(values)
    except ValidationError as error:
        raise SetInvalid([shape_problem(item, lines) for item in error.errors(include_url=False)]) from None
    problems = [
        SetProblem(line_of(path, lines), dotted(path), reason, detail)
        for path, reason, detail in contradictions(said.criteria, known)
    ]
    if problems:
        raise SetInvalid(problems)
    return CriteriaSet(key, tuple(spec_of(item) for item in said.criteria), said.order)


def spec_of(item: CriterionIn) -> CriterionSpec:
    scale = item.scale
    return CriterionSpec(
        key=item.key,
        kind=item.kind,
        required=item.required,
        name=item.name or "",
        question=item.question or "",
        points=scale.points if scale else 0,
        low=scale.low if scale else "",
        high=scale.high if scale else "",
        mark_kinds=tuple(item.marks),
        only_if=next((Condition(on, tuple(values)) for on, values in (item.only_if or {}).items()), None),
    )


def contradictions(items: list[CriterionIn], known: Collection[str]) -> Iterator[tuple[Path, str, str]]:
    """What no single field shows to be wrong: (path, reason, detail)."""
    times = Counter(item.key for item in items)
    marked = Counter(kind for item in items for kind in item.marks)
    for number, item in enumerate(items):
        here: Path = ("criteria", number)
        if times[item.key] > 1:
            yield (*here, "key"), "twice", item.key
        if item.key in RESERVED:
            yield (*here, "key"), "reserved", item.key
        if not item.name and item.key not in known:
            yield here, "nameless", item.key
        if (item.kind == ABSOLUTE) != (item.scale is not None):
            yield (*here, "scale"), "scale", item.key
        if (item.kind == MARKS) != bool(item.marks):
            yield (*here, "marks"), "marks", item.key
        for kind in item.marks:
            if marked[kind] > 1:
                yield (*here, "marks"), "kind_twice", kind
        if item.only_if:
            yield from condition_problems(item, items[:number], (*here, "only_if"))


def condition_problems(item: CriterionIn, before: list[CriterionIn], path: Path) -> Iterator[tuple[Path, str, str]]:
    if item.kind == MARKS:
        yield path, "marks_always", item.key
    allowed = {"verdict": VERDICT_VALUES} | {other.key: VALUES[other.kind] for other in before}
    for on, values in (item.only_if or {}).items():
        if not allowed.get(on):
            yield path, "depends", on
        elif not values or set(values) - set(allowed[on]):
            yield (*path, on), "values", ", ".join(allowed[on])


def read_yaml(source: str) -> tuple[Any, dict[Path, int]]:
    """Plain values and the line of every key and item. Aliases are refused, so nothing unfolds into more."""
    if len(source) > LONGEST:
        raise SetInvalid([SetProblem(1, "", "too_long", str(LONGEST))])
    try:
        alias = next((event for event in yaml.parse(source) if isinstance(event, yaml.AliasEvent)), None)
        node = None if alias else yaml.compose(source, yaml.SafeLoader)
        values = None if alias else yaml.safe_load(source)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise SetInvalid([SetProblem(mark.line + 1 if mark else 1, "", "not_yaml", error.problem or "")]) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SetInvalid([SetProblem(1, "", "not_yaml", str(error)[:200])]) from None
    if alias:
        raise SetInvalid([SetProblem(alias.start_mark.line + 1 if alias.start_mark else 1, "", "alias")])
    return values, dict(lines_of(node)) if node else {}


def lines_of(node: yaml.Node, path: Path = ()) -> Iterator[tuple[Path, int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from lines_of(value, (*path, str(key.value)))
            yield (*path, str(key.value)), key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from lines_of(value, (*path, number))


SHAPES = {"missing": "missing", "extra_forbidden": "unknown", "literal_error": "one_of"}
SHAPES |= {"string_pattern_mismatch": "letters"}


def shape_problem(error: Any, lines: dict[Path, int]) -> SetProblem:
    path: Path = tuple(part for part in error["loc"] if not (isinstance(part, str) and part.startswith("[")))
    detail = str(error.get("ctx", {}).get("expected", "")) or str(error["msg"])
    return SetProblem(line_of(path, lines), dotted(path), SHAPES.get(error["type"], "shape"), detail)


def line_of(path: Path, lines: dict[Path, int]) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def dotted(path: Path) -> str:
    """Items are counted from 1, as people do."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path)
