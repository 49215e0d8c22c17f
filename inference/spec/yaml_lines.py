"""YAML to plain values, with the line of every key: closed to aliases, tags, duplicate keys and surprises.

Only text, whole numbers, numbers, true/false and null are recognised (YAML 1.2 core), so `no` stays text and a date is
text. Nothing is constructed by PyYAML itself.
"""

import math
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from inference.errors import SpecError, SpecProblem
from inference.spec.problems import problem

MAX_BYTES = 100_000
MAX_DIGITS = 18
PREFIX = "tag:yaml.org,2002:"
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

Path = tuple[str | int, ...]


class AliasRefused(yaml.MarkedYAMLError):
    """Raised while composing, so that a bomb of aliases is never unfolded."""


class CoreLoader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise AliasRefused(problem_mark=self.peek_event().start_mark)  # type: ignore[no-untyped-call]
        return super().compose_node(parent, index)


for kind, pattern, first in (
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("bool", r"^(?:true|false)$", list("tf")),
    ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
):
    CoreLoader.add_implicit_resolver(PREFIX + kind, re.compile(pattern), first)


@dataclass
class Document:
    """`values` as plain Python; `lines` maps the path of every key and list item to its 1-based line."""

    values: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[SpecProblem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of the nearest ancestor that is written in the document."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def add(self, path: Path, code: str, **facts: object) -> None:
        self.problems.append(problem(self.line(path), dotted(path), code, **facts))

    def add_at(self, line: int, path: Path, code: str, **facts: object) -> None:
        self.problems.append(problem(line, dotted(path), code, **facts))


def dotted(path: Path) -> str:
    return ".".join(str(part) for part in path)


def read_yaml(source: str) -> Document:
    """Raises SpecError when nothing further can be said about the document."""
    if len(source.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise SpecError([problem(1, "", "too_large_document", limit=MAX_BYTES)])
    try:
        node = yaml.compose(source, CoreLoader)
        document = Document()
        if node is None:
            raise SpecError([problem(1, "", "empty")])
        document.values = plain(node, (), document)
    except AliasRefused as error:
        raise SpecError([problem(line_of(error), "", "alias")]) from None
    except yaml.MarkedYAMLError as error:
        raise SpecError([problem(line_of(error), "", "not_yaml", reason=error.problem or error.context)]) from None
    except yaml.reader.ReaderError as error:
        line = source.count("\n", 0, error.position) + 1
        raise SpecError([problem(line, "", "not_yaml", reason=error.reason)]) from None
    except RecursionError:
        raise SpecError([problem(1, "", "too_deep")]) from None
    return document


def line_of(error: yaml.MarkedYAMLError) -> int:
    mark = error.problem_mark or error.context_mark
    return 1 if mark is None else mark.line + 1


def plain(node: yaml.Node, path: Path, document: Document) -> Any:
    document.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode) and node.tag == PREFIX + "map":
        return plain_mapping(node, path, document)
    if isinstance(node, yaml.SequenceNode) and node.tag == PREFIX + "seq":
        return [plain(child, (*path, index), document) for index, child in enumerate(node.value)]
    if isinstance(node, yaml.ScalarNode):
        return plain_scalar(node, path, document)
    document.add(path, "tag", tag=node.tag)
    return None


def plain_mapping(node: yaml.MappingNode, path: Path, document: Document) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key, child in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode) or key.tag != PREFIX + "str" or UNSTORABLE.search(key.value):
            document.add_at(line, path, "bad_key")
        elif key.value in values:
            document.add_at(line, (*path, key.value), "duplicate_key", name=key.value)
        else:
            document.lines[(*path, key.value)] = line
            values[key.value] = plain(child, (*path, key.value), document)
    return values


def plain_scalar(node: yaml.ScalarNode, path: Path, document: Document) -> Any:
    kind, text = node.tag.removeprefix(PREFIX), str(node.value)
    if kind == "str":
        if UNSTORABLE.search(text):
            document.add(path, "bad_character")
        return text
    if kind == "null":
        return None
    if kind == "bool" and text in {"true", "false"}:
        return text == "true"
    if kind in {"int", "float"}:
        return plain_number(kind, text, path, document)
    document.add(path, "tag", tag=node.tag)
    return None


def plain_number(kind: str, text: str, path: Path, document: Document) -> float | int | None:
    try:
        value = int(text) if kind == "int" and len(text) <= MAX_DIGITS else float(text)
    except ValueError:
        value = math.inf
    if math.isfinite(value) and (kind == "float" or len(text) <= MAX_DIGITS):
        return value
    document.add(path, "bad_number")
    return None
