"""One measured figure beside its baseline and its target, and tables of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

HEADS = ("figure", "value", "baseline", "ratio", "target", "met")


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` and `baseline` are in `unit`; `against` says what the baseline is, measured in the same run.

    `target` is the figure that the documents promise and `met` whether it holds; "" and None where they
    promise nothing.
    """

    name: str
    value: float
    unit: str = "ms"
    baseline: float | None = None
    against: str = ""
    target: str = ""
    met: bool | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Value by baseline; None without one."""
        return self.value / self.baseline if self.baseline else None

    def as_json(self) -> dict[str, Any]:
        """Every field, and the ratio."""
        return {**asdict(self), "ratio": self.ratio}

    def cells(self, mark: str) -> tuple[str, ...]:
        """What a row of the table shows; `mark` stands behind the baseline."""
        verdict = {None: "", True: "yes", False: "NO"}[self.met]
        baseline = "" if self.baseline is None else f"{shown(self.baseline)} {self.unit}{mark}"
        ratio = "" if self.ratio is None else f"{shown(self.ratio)}×"
        return self.name, f"{shown(self.value)} {self.unit}", baseline, ratio, self.target, verdict


def shown(number: float) -> str:
    """Three digits that count."""
    if number == 0 or abs(number) >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if abs(number) >= 10 else f"{number:.2f}" if abs(number) >= 0.1 else f"{number:.4f}"


def table(figures: Sequence[Figure]) -> str:
    """The figures as text: one line each, baselines and notes explained below."""
    baselines = dict.fromkeys(figure.against for figure in figures if figure.against)
    marks = {against: f" [{number}]" for number, against in enumerate(baselines, start=1)}
    rows = [HEADS, *(figure.cells(marks.get(figure.against, "")) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    lines = [_line(row, widths) for row in rows]
    lines.insert(1, "-" * max(map(len, lines)))
    explained = [f"{mark.strip()} {against}" for against, mark in marks.items()]
    noted = [f"{figure.name}: {figure.note}" for figure in figures if figure.note]
    return "\n".join([*lines, *explained, *noted])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    padded = [text.ljust(width) for text, width in zip(row, widths, strict=True)]
    numbers = [text.rjust(width) for text, width in zip(row[1:4], widths[1:4], strict=True)]
    return "  ".join([padded[0], *numbers, *padded[4:]]).rstrip()
