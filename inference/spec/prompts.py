"""Prompt templates: a small, closed part of Jinja. Untrusted templates can neither call, assign nor loop at will."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, meta, nodes
from jinja2.exceptions import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from inference.declare import Kind
from inference.spec.prompt_fields import field_faults
from inference.spec.prompt_trials import Trial, trials

FILTERS = (
    "capitalize",
    "default",
    "first",
    "last",
    "length",
    "lower",
    "title",
    "trim",
    "truncate",
    "upper",
    "wordcount",
)
TESTS = ("defined", "undefined", "none", "string", "number", "eq", "ne", "lt", "le", "gt", "ge", "even", "odd", "in")
ALWAYS: dict[str, Kind] = {"language": "text"}
RENDERING = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError, SyntaxError)
ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Name, nodes.Const, nodes.Getattr,
    nodes.Getitem, nodes.Slice, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
    nodes.CondExpr, nodes.Concat, nodes.Keyword,
)  # fmt: skip

TemplateFault = tuple[int, str, dict[str, object]]  # 1-based line inside the template, code, facts


@lru_cache(maxsize=1)
def environment() -> SandboxedEnvironment:
    made = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=False)
    made.filters = {name: made.filters[name] for name in FILTERS}
    made.tests = {name: made.tests[name] for name in TESTS}
    made.globals = {}
    return made


@lru_cache(maxsize=256)
def compiled(template: str) -> Template:
    return environment().from_string(template)


def render(template: str, values: Mapping[str, Any]) -> str:
    """Raises jinja2.TemplateError."""
    return compiled(template).render(**values).strip()


def template_faults(template: str, variables: Mapping[str, Kind]) -> Iterator[TemplateFault]:
    """Everything that would make `template` fail or misbehave, given variables of these kinds."""
    try:
        yield from found_faults(template, variables)
    except (TemplateSyntaxError, RecursionError, ValueError, OverflowError) as error:
        line = getattr(error, "lineno", 1)
        yield line, "template_syntax", {"reason": getattr(error, "message", None) or "it is nested too deeply"}


def found_faults(template: str, variables: Mapping[str, Kind]) -> list[TemplateFault]:
    """Raises what jinja2 raises for a template that it can't read, RecursionError for one that is too deep."""
    tree = environment().parse(template)
    faults = [*refused_nodes(tree), *loop_faults(tree, variables), *variable_faults(tree, variables)]
    faults = faults or list(field_faults(tree, {name: kind for name, kind in variables.items() if kind != "image"}))
    return faults or list(trial_faults(template, trials(tree, variables)))


def refused_nodes(tree: nodes.Template) -> Iterator[TemplateFault]:
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, ALLOWED):
            yield node.lineno, "template_refused", {"what": type(node).__name__.lower()}
        elif isinstance(node, nodes.Filter) and node.name not in FILTERS:
            yield node.lineno, "template_refused", {"what": f"|{node.name}"}


def loop_faults(tree: nodes.Template, variables: Mapping[str, Kind]) -> Iterator[TemplateFault]:
    for loop in tree.find_all(nodes.For):
        root: nodes.Node = loop.iter
        while isinstance(root, nodes.Filter | nodes.Getitem) and root.node is not None:
            root = root.node
        if not isinstance(root, nodes.Name) or variables.get(root.name) != "docs" or loop.recursive:
            yield loop.lineno, "template_loop", {}
    inner = {id(found): found for loop in tree.find_all(nodes.For) for found in loop.find_all(nodes.For)}
    yield from ((loop.lineno, "template_nested_loop", {}) for loop in inner.values())


def variable_faults(tree: nodes.Template, variables: Mapping[str, Kind]) -> Iterator[TemplateFault]:
    known = sorted(name for name, kind in variables.items() if kind != "image")
    for name in sorted(meta.find_undeclared_variables(tree) - set(known)):
        line = next((node.lineno for node in tree.find_all(nodes.Name) if node.name == name), 1)
        if name in variables:
            yield line, "template_image", {"name": name}
        else:
            yield line, "template_variable", {"name": name, "known": ", ".join(known)}


def trial_faults(template: str, cases: Iterable[Trial]) -> Iterator[TemplateFault]:
    """The first case that fails; a prompt that fails whenever something is empty is told what is."""
    for values, empty in cases:
        try:
            render(template, values)
        except RENDERING as error:
            facts: dict[str, object] = {"reason": str(error) or type(error).__name__}
            yield (
                1,
                "template_fails_empty" if empty else "template_fails",
                {**facts, **({"names": empty} if empty else {})},
            )
            return
