"""A large import is one action and one undo, in constant memory."""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import replace

import pytest
from django.db import connection

from apps.kernel.commands.declarations import COMMANDS, command
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.support import probes
from tests.support.digests import digest
from tests.support.scopes import House
from tests.support.sizes import size

pytestmark = pytest.mark.prove

INSERT = """
INSERT INTO currency (id, tenant_id, organization_id, created_at, updated_at, version, code, name, symbol,
    decimal_places, is_active, is_base)
SELECT uuid7(), %s, %s, now(), now(), 1,
    chr(65 + n / 676 %% 26) || chr(65 + n / 26 %% 26) || chr(65 + n %% 26), 'n', 's', 2, true, false
FROM generate_series(0, %s) AS n
"""
MOST_SECONDS = 30
MOST_MEGABYTES = 30


def _example(scope: Scope) -> dict[str, str | None]:
    return {"sql": None}


def peak_megabytes() -> float:
    """The most memory that this process ever held."""
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


@pytest.mark.committed
@pytest.mark.parametrize("kind", ["inserted", "changed", "deleted"])
def test_a_large_action_is_undone_in_time_and_constant_memory(house: House, kind: str) -> None:
    rows = size(10_000, 100_000)
    statements = {
        "inserted": None,
        "changed": "UPDATE currency SET name = 'changed'",
        "deleted": "DELETE FROM currency",
    }

    @command("tests.currency.mass", open_reason=probes.REASON, resource="currencies.currency", example=_example)
    def mass(sql: str | None) -> None:
        """Insert many rows, or run one statement over all of them."""
        with connection.cursor() as cursor:
            if sql is not None:
                cursor.execute(sql)
                return
            cursor.execute("SET LOCAL statement_timeout = 0")
            # 17,576 codes fit into one organization, so the rows are spread over made-up owners by batch.
            for batch in range(0, rows, 17_000):
                organization = organizations[batch // 17_000]
                cursor.execute(INSERT, [house.tenant.pk, organization, min(17_000, rows - batch) - 1])

    organizations = [uuid7() for _ in range(rows // 17_000 + 1)]
    scope = replace(house.scope(), organization_id=organizations[0], organization_ids=frozenset(organizations))
    try:
        with using_scope(scope), collecting_actions() as actions:
            if kind != "inserted":
                mass(None)
            with scoped_transaction():
                before = digest("currency")
            mass(statements[kind])
            memory, started = peak_megabytes(), time.perf_counter()
            undo(actions[-1])
            seconds, grown = time.perf_counter() - started, peak_megabytes() - memory
            with scoped_transaction():
                assert digest("currency") == before
    finally:
        COMMANDS.remove("tests.currency.mass")
    print(f"\n{rows} rows {kind}: undone in {seconds:.1f} s, {grown:.0f} MB more")
    assert seconds < MOST_SECONDS
    assert grown < MOST_MEGABYTES
