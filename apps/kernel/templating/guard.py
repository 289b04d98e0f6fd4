"""Lets only a small part of Jinja through, and writes the counting into what it lets through."""

from __future__ import annotations

from typing import Any, Final

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from apps.kernel.templating.filters import COMPARED, CONCAT, LOOP, SEARCHED

_ALLOWED: Final = frozenset(
    {
        nodes.Template,
        nodes.Output,
        nodes.TemplateData,
        nodes.For,
        nodes.If,
        nodes.Assign,
        nodes.Name,
        nodes.Const,
        nodes.Tuple,
        nodes.List,
        nodes.Dict,
        nodes.Pair,
        nodes.Keyword,
        nodes.CondExpr,
        nodes.Filter,
        nodes.Test,
        nodes.Call,
        nodes.Getitem,
        nodes.Getattr,
        nodes.Slice,
        nodes.Concat,
        nodes.Compare,
        nodes.Operand,
        nodes.Add,
        nodes.Sub,
        nodes.Mul,
        nodes.Div,
        nodes.FloorDiv,
        nodes.Mod,
        nodes.Neg,
        nodes.Pos,
        nodes.Not,
        nodes.And,
        nodes.Or,
    }
)


class Forbidden(Exception):
    """The template uses something that documents do not have."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


class Guard(NodeTransformer):
    """Checks a tree and returns it with its loops, joins and comparisons charged for."""

    def visit(self, node: nodes.Node) -> nodes.Node:
        if type(node) not in _ALLOWED:
            raise Forbidden(node.lineno, f"{type(node).__name__.lower()} is not available in documents")
        checked: nodes.Node = super().visit(node)
        return checked

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802  Jinja's naming
        _refuse_private(node.name, node.lineno)
        return node

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:  # noqa: N802
        _refuse_private(node.attr, node.lineno)
        return self.generic_visit(node)

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802
        if not isinstance(node.node, nodes.Name) or node.node.name != "range" or node.dyn_args or node.dyn_kwargs:
            raise Forbidden(node.lineno, "only range(…) can be called, use filters instead")
        return self.generic_visit(node)

    def visit_Filter(self, node: nodes.Filter) -> nodes.Node:  # noqa: N802
        if node.dyn_args or node.dyn_kwargs:
            raise Forbidden(node.lineno, "arguments are written out one by one")
        return self.generic_visit(node)

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802
        if node.recursive:
            raise Forbidden(node.lineno, "a loop does not call itself")
        cost = 1 + sum(
            1 for part in (*node.body, *([node.test] if node.test else [])) for _ in part.find_all(nodes.Node)
        )
        self.generic_visit(node)
        node.iter = _filtered(node.iter, LOOP, nodes.Const(cost))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return _filtered(nodes.List(node.nodes, lineno=node.lineno, environment=node.environment), CONCAT)

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        node.expr = _filtered(node.expr, COMPARED)
        for operand in node.ops:
            searched = operand.op in ("in", "notin")
            operand.expr = _filtered(operand.expr, SEARCHED if searched else COMPARED)
        return node


def _filtered(node: Any, name: str, *args: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, name, list(args), [], None, None, lineno=node.lineno, environment=node.environment)


def _refuse_private(name: str, line: int) -> None:
    if name.startswith("__") or name == "self":
        raise Forbidden(line, f"{name} is not available in documents")
