"""The project linter complains about each thing that it is there for, and lets the right way pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.lint_scope import findings

WRONG = {
    "S001": "def f(features, wanted):\n    return wanted in features\n",
    "S002": "rows = Model._base_manager.all()\n",
    "S003": "with connection.cursor() as c:\n    pass\n",
    "S004": "rows = Model.objects.raw('SELECT 1')\n",
    "S006": "with transaction.atomic():\n    pass\n",
    "S007": "owner = models.ForeignKey('x', on_delete=1)\n",
}


@pytest.mark.parametrize("rule", WRONG)
def test_each_rule_finds_its_fault(rule: str) -> None:
    assert {item.rule for item in findings(Path("apps/sales/services.py"), WRONG[rule])} == {rule}


def test_a_bare_operation_in_a_migration_is_found() -> None:
    found = findings(Path("apps/sales/migrations/0002_x.py"), "operation = migrations.RunPython(f)\n")
    assert {item.rule for item in found} == {"S005"}


def test_an_escape_with_a_reason_passes() -> None:
    assert not list(findings(Path("apps/sales/x.py"), "rows = Model._base_manager.all()  # scope: counts orphans\n"))


def test_the_right_way_passes() -> None:
    source = "def f(access, wanted):\n    return access.allows(wanted)\n"
    assert not list(findings(Path("apps/sales/x.py"), source))
