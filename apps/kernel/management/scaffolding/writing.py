"""Write a new module into the project: all of it, or nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path


class NotWritten(Exception):
    """Something stands in the way; nothing has been changed."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that goes above another one of a file that is there; `anchor` is how that one begins.

    With `joins` it becomes the last line of the paragraph above.
    """

    path: str
    text: str
    anchor: str
    joins: bool = False

    def added(self, source: str) -> str:
        """The file with the line. Raises NotWritten when the anchor is not there exactly once."""
        lines = source.splitlines(keepends=True)
        places = [number for number, line in enumerate(lines) if line.startswith(self.anchor)]
        if len(places) != 1:
            raise NotWritten(f"{self.path} has {len(places)} lines that begin with {self.anchor!r}; one is needed.")
        place = places[0]
        while self.joins and place and not lines[place - 1].strip():
            place -= 1
        return "".join([*lines[:place], self.text, *lines[place:]])


@dataclass(slots=True)
class Desk:
    """The project's folder, and what was there before."""

    root: Path
    former: dict[Path, str | None] = field(default_factory=dict)

    def demand_free(self, *paths: str) -> None:
        """Check that nothing stands at the paths. Raises NotWritten naming all that does."""
        if taken := [path for path in paths if (self.root / path).exists()]:
            raise NotWritten(f"there already: {', '.join(taken)}. Nothing is overwritten.")

    def write(self, path: str, text: str) -> None:
        """Write one file, and remember what was there."""
        target = self.root / path
        self.former.setdefault(target, target.read_text() if target.exists() else None)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def add(self, line: Line) -> None:
        """Add one line to a file. Raises NotWritten."""
        source = self.root / line.path
        if not source.exists():
            raise NotWritten(f"{line.path} is not there.")
        self.write(line.path, line.added(source.read_text()))

    def restore(self) -> None:
        """Put everything back, and take away folders that have become empty."""
        for path, text in self.former.items():
            if text is not None:
                path.write_text(text)
                continue
            path.unlink(missing_ok=True)
            for folder in path.parents:
                if folder == self.root or not folder.is_dir() or set(folder.iterdir()) - {folder / "__pycache__"}:
                    break
                _remove(folder)

    def python(self, *words: str) -> str:
        """Run Python in the folder; what it prints. Raises NotWritten with what it complains about."""
        answer = subprocess.run([sys.executable, *words], cwd=self.root, capture_output=True, text=True, check=False)
        if answer.returncode:
            raise NotWritten(f"{' '.join(words[:3])} failed:\n{(answer.stdout + answer.stderr)[-3000:]}")
        return answer.stdout


def _remove(folder: Path) -> None:
    for path in (folder / "__pycache__").glob("*"):
        path.unlink()
    if (folder / "__pycache__").exists():
        (folder / "__pycache__").rmdir()
    folder.rmdir()


@contextmanager
def all_or_nothing(root: Path) -> Iterator[Desk]:
    """A desk whose files are put back when the block fails, for whatever reason."""
    desk = Desk(root)
    try:
        yield desk
    except BaseException:
        desk.restore()
        raise


def write_files(desk: Desk, files: Mapping[str, str]) -> None:
    """Write the files, and format those that are Python as `make fmt` does."""
    for path, text in files.items():
        desk.write(path, text)
    tidy(desk, *(path for path in files if path.endswith(".py")))


# Templates put one thing on a line; what fits on one line together is put there.
COMPACT = ("lint.isort.split-on-trailing-comma=false", "format.skip-magic-trailing-comma=true")


def tidy(desk: Desk, *paths: str) -> None:
    """Take out imports that nothing uses, sort the others, format. Raises NotWritten without ruff."""
    options = ("--quiet", "--no-cache", *(word for setting in COMPACT for word in ("--config", setting)))
    desk.python("-m", "ruff", "check", *options, "--fix", "--select", "F401,I", *paths)
    desk.python("-m", "ruff", "format", *options, *paths)
