"""Declared bulk loads: tables that may be filled without row images, and the action that says so."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.db import models
from django.utils.translation import gettext_lazy

from apps.kernel.commands.acting import acting
from apps.kernel.commands.declarations import COMMANDS, CommandSpec
from apps.kernel.commands.invocation import invoked
from apps.kernel.commands.running import running
from apps.kernel.eventbus.own import TABLE_LOADED
from apps.kernel.tenancy.transactions import reading_paused, scoped_transaction


def _nothing() -> None:
    """The body stands in the block."""


LOAD = CommandSpec(
    id="kernel.table.load",
    feature="",
    function=_nothing,
    signature=inspect.signature(_nothing),
    open_reason="only declared bulk loads write this action",
    undoable=False,
    undo_reason=gettext_lazy("a bulk load keeps no images."),
)
COMMANDS.add(LOAD.id, LOAD)


@contextmanager
def unaudited(reason: str, *tables: type[models.Model]) -> Iterator[None]:
    """Let the block fill the tables without images, under one action that keeps the reason.

    Only tables whose model says `bulk_loadable = True` qualify: the database refuses to skip others, whose
    rows are captured as always. At its end one `kernel.table.loaded` tells of all of it. Raises ValueError for a table
    that is not declared.
    """
    for model in tables:
        if not getattr(model, "bulk_loadable", False):
            raise ValueError(f"{model._meta.label} is not declared bulk_loadable")
    names = tuple(model._meta.db_table for model in tables)
    entities = tuple(str(getattr(model, "entity_id", "")) or model._meta.db_table for model in tables)
    with reading_paused(), invoked(reason=reason), scoped_transaction(), acting(replace(LOAD, loads=names), {}):
        yield
        TABLE_LOADED.emit(action_id=running().action_id, entities=entities, reason=reason)
