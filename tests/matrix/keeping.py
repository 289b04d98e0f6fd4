"""The world of the matrix: made once in each worker and committed, in a database that no other test uses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.db import connection

from tests.matrix.world import World, build
from tests.support import databases
from tests.support.rolling import around


@contextmanager
def kept_world() -> Iterator[World]:
    """Have the block use the world's database; what it writes there it takes back."""
    try:
        yield _enter()
    finally:
        databases.point_at(databases.worker_database())


def _enter() -> World:
    name = databases.kept_database()
    if not _world.cache_info().currsize:
        databases.clone(databases.template(), name)
    databases.point_at(name)
    return _world()


@cache
def _world() -> World:
    with around():
        found = build()
        connection.run_on_commit.clear()  # nobody is told of it
    return found
