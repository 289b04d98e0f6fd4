"""Indexes that are built beside the work of others: whole, once, and nothing left of what fails."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import DatabaseError, connections

from apps.kernel.tenancy.concurrently import BuilderBusy, IndexPlan, build_index, builder, drop_index, is_valid
from tests.kernel.books import make_books
from tests.support.databases import admin
from tests.support.scopes import House

pytestmark = pytest.mark.committed
PLAN = IndexPlan("book_by_pages", "shelf_book", "tenant_id, pages, id", "for a test")


def comment_of(name: str) -> Any:
    with admin(str(connections["owner"].settings_dict["NAME"])) as session:
        return session.execute("SELECT obj_description(to_regclass(%s))", [name]).fetchone()


def test_an_index_is_built_once_and_dropped_once(house: House) -> None:
    make_books(house, {}, {})
    heard: list[tuple[int, int]] = []
    with builder() as connection:
        built = [build_index(connection, PLAN, watch=lambda *far: heard.append(far)) for _ in range(2)]
        assert (built, is_valid(connection, PLAN.name), comment_of(PLAN.name)) == ([True, False], True, ("for a test",))
        for _ in range(2):
            drop_index(connection, PLAN.name)
        assert is_valid(connection, PLAN.name) is None


def test_what_fails_leaves_nothing(house: House) -> None:
    make_books(house, {"pages": 0}, {"pages": 1})
    wrong = IndexPlan("book_wrong", "shelf_book", "tenant_id, (1 / pages)")
    with builder() as connection:
        with pytest.raises(DatabaseError, match="division by zero"):
            build_index(connection, wrong)
        assert is_valid(connection, wrong.name) is None


def test_what_was_cut_off_is_built_anew(house: House) -> None:
    with builder() as connection:
        build_index(connection, PLAN)
        with admin(str(connections["owner"].settings_dict["NAME"])) as session:
            session.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass(%s)", [PLAN.name])
        assert is_valid(connection, PLAN.name) is False
        assert build_index(connection, PLAN)
        assert is_valid(connection, PLAN.name)


def test_one_builder_at_a_time(house: House) -> None:
    refused: list[type[BaseException]] = []

    def second() -> None:
        try:
            with builder():
                pass
        except BuilderBusy as refusal:
            refused.append(type(refusal))

    with builder():
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert refused == [BuilderBusy]
    with builder():
        pass
