"""Pages of docs/ as readers follow them: blocks that are files, lines to add to files, and commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(?P<language>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
NAME = re.compile(r"^(?:#|<!--) (?P<path>[\w./-]+\.\w+)(?:, (?P<side>above|below) (?P<anchor>.+?))?(?: -->)?$")
PROMPT = "$ "


@dataclass(frozen=True, slots=True)
class FileBlock:
    """A file of the page; with an `anchor`, lines that go below (or above) that line of the file."""

    path: str
    text: str
    anchor: str = ""
    is_above: bool = False

    def write(self, folder: Path) -> None:
        """Do what the page asks for. Raises ValueError when the anchor is not there exactly once."""
        target = folder / self.path
        if not self.anchor:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(self.text)
            return
        lines = target.read_text().splitlines(keepends=True)
        places = [number for number, line in enumerate(lines) if line.strip() == self.anchor]
        if len(places) != 1:
            raise ValueError(f"{self.path} has {len(places)} lines {self.anchor!r}")
        lines.insert(places[0] + (0 if self.is_above else 1), self.text)
        target.write_text("".join(lines))


@dataclass(frozen=True, slots=True)
class CommandBlock:
    """One command of the page, and what it is said to print; `…` stands for anything."""

    command: str
    printed: str

    def missing(self, output: str) -> list[str]:
        """Lines that were promised and are not in the output, in that order."""
        rest = iter(output.splitlines())
        patterns = [".*".join(map(re.escape, line.split("…"))) for line in self.printed.splitlines() if line.strip()]
        return [pattern for pattern in patterns if not any(re.fullmatch(pattern, line) for line in rest)]


Step = FileBlock | CommandBlock


def steps(page: str) -> Iterator[Step]:
    """Everything that the page asks its reader to do, from top to bottom."""
    for found in FENCE.finditer(page):
        first, _, rest = found["body"].partition("\n")
        if found["language"] == "console":
            yield from _commands(found["body"])
        elif named := NAME.match(first):
            yield FileBlock(named["path"], rest, named["anchor"] or "", named["side"] == "above")


def _commands(body: str) -> Iterator[CommandBlock]:
    for part in f"\n{body}".split(f"\n{PROMPT}")[1:]:
        command, _, printed = part.partition("\n")
        yield CommandBlock(command, printed)
