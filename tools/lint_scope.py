"""Project linter: what would go past the tenant walls or past the one matcher is named, with its reason.

Run as `python -m tools.lint_scope [paths]`. A line may carry `# scope: <reason>` where the exception is right.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ESCAPE = "# scope:"
GRANT_NAMES = frozenset({"features", "granted", "grants", "denied", "denied_features", "user_features"})
RAW_CALLS = frozenset({"raw", "RawSQL", "extra"})
BARE_OPERATIONS = frozenset({"RunPython", "RunSQL"})
# Rooms whose work is SQL: the walls themselves, images, undo, work, keys.
SQL_ROOMS = ("apps/kernel/", "config/", "tests/", "tools/", "benchmarks/")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One finding."""

    path: Path
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        """As compilers print it."""
        return f"{self.path}:{self.line}: {self.rule} {self.text}"


def findings(path: Path, source: str) -> Iterator[Complaint]:
    """Complaints about one file, those with an escape left out."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        for rule, text in judge(node, path.as_posix()):
            line = getattr(node, "lineno", 1)
            if ESCAPE not in lines[line - 1]:
                yield Complaint(path, line, rule, text)


def judge(node: ast.AST, path: str) -> Iterator[tuple[str, str]]:
    """Rules that one node breaks."""
    if isinstance(node, ast.Compare):
        yield from _membership(node)
    elif isinstance(node, ast.Attribute) and not path.startswith(SQL_ROOMS):
        yield from _attribute(node)
    elif isinstance(node, ast.Call):
        yield from _call(node, path)


def _membership(node: ast.Compare) -> Iterator[tuple[str, str]]:
    for operator, right in zip(node.ops, node.comparators, strict=True):
        if isinstance(operator, ast.In | ast.NotIn) and _name(right) in GRANT_NAMES and isinstance(node.left, ast.Name):
            yield "S001", "`in` on grants forgets wildcards: use has_feature() or Access.allows()"


def _attribute(node: ast.Attribute) -> Iterator[tuple[str, str]]:
    if node.attr == "_base_manager":
        yield "S002", "`_base_manager` is for Django: use the scoped manager"
    if node.attr == "cursor":
        yield "S003", "raw SQL stands in the kernel: write a query set, or move it into a kernel room"


def _call(node: ast.Call, path: str) -> Iterator[tuple[str, str]]:
    name = _name(node.func)
    if name in RAW_CALLS and not path.startswith(SQL_ROOMS):
        yield "S004", f"`{name}` writes SQL by hand: the scoped manager does not see it"
    if name in BARE_OPERATIONS and "/migrations/" in path:
        yield "S005", f"`{name}` sees no tenant's rows: use ForEachTenant or RunStatements"
    if name == "atomic" and path.startswith("apps/") and not path.startswith("apps/kernel/"):
        yield "S006", "only scoped_transaction() opens transactions"
    if name == "ForeignKey" and path.startswith("apps/") and not path.startswith("apps/kernel/bases"):
        yield "S007", "a bare foreign key crosses tenants: use TenantForeignKey or ReferenceField"


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def main(arguments: list[str]) -> int:
    """Print all complaints; 1 when there are any."""
    roots = [Path(item) for item in arguments] or [ROOT / "apps"]
    files = sorted(file for root in roots for file in ([root] if root.is_file() else root.rglob("*.py")))
    complaints = [item for file in files for item in findings(relative(file), file.read_text())]
    for complaint in complaints:
        print(complaint)
    print(f"lint_scope: {len(files)} files, {len(complaints)} complaints")
    return 1 if complaints else 0


def relative(path: Path) -> Path:
    """The path below the project, or as it is."""
    resolved = path.resolve()
    return resolved.relative_to(ROOT) if resolved.is_relative_to(ROOT) else path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
