"""Fields that a prompt asks for and that are not there, in every branch: read from its tree, nothing is rendered."""

from collections.abc import Iterator, Mapping
from typing import Literal

from jinja2 import nodes

from inference.declare import Doc

Held = Literal["text", "docs", "doc", "loop", "number"]
Scope = Mapping[str, Held | None]  # what a name stands for; None where it is not known, then nothing is said of it
FieldFault = tuple[int, str, dict[str, object]]

DOC_FIELDS: Mapping[str, Held] = {
    name: "number" if kind in (float, "float") else "text" for name, kind in Doc.__annotations__.items()
}
LOOP_FIELDS: Mapping[str, Held] = {
    **dict.fromkeys(
        ("index", "index0", "revindex", "revindex0", "length", "depth", "depth0", "first", "last"), "number"
    ),
    **dict.fromkeys(("previtem", "nextitem"), "doc"),
}
FIELDS: Mapping[Held, Mapping[str, Held]] = {"doc": DOC_FIELDS, "loop": LOOP_FIELDS}


def field_faults(node: nodes.Node, scope: Scope) -> Iterator[FieldFault]:
    if isinstance(node, nodes.For):
        yield from loop_faults(node, scope)
        return
    if isinstance(node, nodes.Getattr | nodes.Getitem):
        yield from member_faults(node, scope)
    for child in node.iter_child_nodes():
        yield from field_faults(child, scope)


def loop_faults(loop: nodes.For, scope: Scope) -> Iterator[FieldFault]:
    inner: Scope = {**scope, "loop": "loop", getattr(loop.target, "name", ""): "doc"}
    yield from field_faults(loop.iter, scope)
    for node in (*([loop.test] if loop.test else ()), *loop.body):
        yield from field_faults(node, inner)
    for node in loop.else_:
        yield from field_faults(node, scope)


def member_faults(node: nodes.Getattr | nodes.Getitem, scope: Scope) -> Iterator[FieldFault]:
    holder, name = held(node.node, scope), member(node)
    if holder is None or name is None or name in FIELDS.get(holder, ()):
        return
    facts: dict[str, object] = {"name": told(node.node), "field": name}
    if holder in FIELDS:
        yield node.lineno, "template_field", {**facts, "known": ", ".join(FIELDS[holder])}
    else:
        yield node.lineno, "template_no_field", facts


def member(node: nodes.Getattr | nodes.Getitem) -> str | None:
    """The field's name; None where it is a place or a slice."""
    if isinstance(node, nodes.Getattr):
        return node.attr
    return node.arg.value if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str) else None


def held(node: nodes.Node | None, scope: Scope) -> Held | None:
    match node:
        case nodes.Name():
            return scope.get(node.name)
        case nodes.Getattr() | nodes.Getitem():
            return held_member(node, scope)
        case nodes.Filter():
            return held_filtered(node, scope)
        case nodes.CondExpr():
            return either(node.expr1, node.expr2, scope)
        case nodes.And() | nodes.Or():
            return either(node.left, node.right, scope)
        case nodes.Concat():
            return "text"
        case nodes.Const():
            return "text" if isinstance(node.value, str) else "number"
        case nodes.Compare() | nodes.Not() | nodes.Test():
            return "number"
    return None


def either(left: nodes.Node, right: nodes.Node | None, scope: Scope) -> Held | None:
    found = held(left, scope)
    return found if right is not None and found == held(right, scope) else None


def held_member(node: nodes.Getattr | nodes.Getitem, scope: Scope) -> Held | None:
    holder, name = held(node.node, scope), member(node)
    if name is not None:
        return FIELDS.get(holder, {}).get(name) if holder else None
    is_slice = isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Slice)
    return "doc" if holder == "docs" and not is_slice else holder


def held_filtered(node: nodes.Filter, scope: Scope) -> Held | None:
    holder = held(node.node, scope)
    if node.name in {"first", "last"}:
        return "doc" if holder == "docs" else holder
    if node.name == "default":
        return either(node.node, node.args[0], scope) if node.node and node.args else None
    return "number" if node.name in {"length", "wordcount"} else "text"


def told(node: nodes.Node) -> str:
    """An expression as its author wrote it, where that is short."""
    match node:
        case nodes.Name():
            return node.name
        case nodes.Getattr():
            return f"{told(node.node)}.{node.attr}"
        case nodes.Getitem() if isinstance(node.arg, nodes.Const):
            return f"{told(node.node)}[{node.arg.value!r}]"
        case nodes.Filter() if node.node is not None:
            return f"{told(node.node)}|{node.name}"
    return "…"
