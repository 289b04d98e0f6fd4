"""Modules on paper: a table, a tree, and the languages of two drawing programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from apps.kernel.management.overview.facts import Facts

ANY = "*"


@dataclass(frozen=True, slots=True)
class Edge:
    """One module knows another: it `requires` it, imports its `contracts`, or `hears` its events."""

    source: str
    target: str
    how: str


def edges_of(facts: Iterable[Facts]) -> list[Edge]:
    """Every way in which the modules know each other."""
    return [
        Edge(item.id, target, how)
        for item in facts
        for how, targets in (("requires", item.requires), ("contracts", item.contracts), ("hears", item.hears))
        for target in targets
    ]


def table(head: Sequence[str], rows: Sequence[Sequence[str]], *, right: frozenset[str] = frozenset()) -> str:
    """Aligned columns; those named in `right` are numbers."""
    widths = [max(len(row[place]) for row in [head, *rows]) for place in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if name in right else cell.ljust(width)
            for name, cell, width in zip(head, line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def tree(facts: Sequence[Facts]) -> str:
    """Each module with what it knows of others, those first that others stand on."""
    return "\n".join(line for item in facts for line in _branch(item))


def _branch(facts: Facts) -> Iterator[str]:
    yield facts.id
    ways = [(how, targets) for how, targets in _ways(facts) if targets]
    for place, (how, targets) in enumerate(ways):
        corner = "└─" if place == len(ways) - 1 else "├─"
        yield f"{corner} {how:<9}  {', '.join('everybody' if name == ANY else name for name in targets)}"


def _ways(facts: Facts) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "requires", facts.requires
    yield "contracts", facts.contracts
    yield "hears", facts.hears


MERMAID = {"requires": "-->", "contracts": "-. contracts .->", "hears": "-. events .->"}
DOT = {"requires": "solid", "contracts": "dashed", "hears": "dotted"}


def mermaid(facts: Sequence[Facts]) -> str:
    """For pages on which Mermaid draws."""
    nodes = [f"    {item.id}[{item.label}]" for item in facts]
    ways = [f"    {edge.source} {MERMAID[edge.how]} {_node(edge.target)}" for edge in edges_of(facts)]
    return "\n".join(["graph BT", *nodes, *ways])


def dot(facts: Sequence[Facts]) -> str:
    """For Graphviz."""
    nodes = [f'    "{item.id}" [label="{item.label}"];' for item in facts]
    ways = [
        f'    "{edge.source}" -> "{_node(edge.target)}" [style={DOT[edge.how]}, label="{edge.how}"];'
        for edge in edges_of(facts)
    ]
    return "\n".join(["digraph modules {", "    rankdir=BT;", *nodes, *ways, "}"])


def _node(target: str) -> str:
    return "everybody" if target == ANY else target


FORMATS: dict[str, Callable[[Sequence[Facts]], str]] = {"text": tree, "mermaid": mermaid, "dot": dot}
