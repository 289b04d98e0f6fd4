"""What committed tests leave behind does not reach the next one, by the cheap way where that is enough."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest
from django.db import connections

from apps.currencies.models import Currency
from apps.kernel.tenancy.wall import trigger_statements, wall_of
from tests.support import databases, resetting
from tests.support.scopes import make_house

pytestmark = pytest.mark.committed
COUNT = "SELECT (SELECT count(*) FROM tenant) + (SELECT count(*) FROM action) + (SELECT count(*) FROM row_image)"
OID = "SELECT oid FROM pg_database WHERE datname = current_database()"
CHANGED = "CREATE FUNCTION left_behind() RETURNS int LANGUAGE sql AS 'SELECT 1'"
RETRIGGERED = trigger_statements(replace(wall_of(Currency), bulk_loadable=True), "another")[0]
RENAMED = (
    "UPDATE django_content_type SET model = model || '_other' WHERE id = (SELECT min(id) FROM django_content_type)"
)


@pytest.fixture(autouse=True)
def _fresh(_committed: None) -> None:
    """Begin with a clone: what earlier tests have rolled back takes room, and much of it a clone as well."""
    connections.close_all()
    databases.clone(databases.template(), databases.worker_database())


def asked(question: str) -> object:
    """The only value of the answer, past the walls."""
    with databases.admin(databases.worker_database()) as admin:
        row = admin.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def left(*statements: str) -> object:
    """Commit a house and what the statements do, and renew the database; the database's id before."""
    make_house("Acme")
    with databases.admin(databases.worker_database()) as admin:
        for statement in statements:
            admin.execute(statement.encode())
    before = asked(OID)
    connections.close_all()
    resetting.renew(databases.worker_database())
    return before


def test_rows_tables_and_numbers_go_and_the_database_stays() -> None:
    before = left("CREATE TABLE left_behind (id int)", "SELECT nextval('auth_group_id_seq')")
    assert asked(OID) == before
    assert asked(COUNT) == 0
    assert asked("SELECT to_regclass('left_behind')") is None
    assert asked("SELECT last_value FROM pg_sequences WHERE sequencename = 'auth_group_id_seq'") is None


@pytest.mark.processes
@pytest.mark.parametrize("change", [CHANGED, RENAMED, RETRIGGERED])
def test_what_is_more_than_rows_takes_a_new_clone(change: str) -> None:
    before = left(change)
    assert asked(OID) != before
    assert asked(COUNT) == 0


def test_whoever_is_still_there_is_sent_away() -> None:
    with databases.admin(databases.worker_database()) as late:
        late.autocommit = False
        late.execute("LOCK TABLE tenant")
        resetting.renew(databases.worker_database())
        with pytest.raises(psycopg.OperationalError):
            late.execute("SELECT 1")
