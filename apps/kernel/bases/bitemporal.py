"""Facts with the time in which they were known: corrections close a row and add another, nothing is overwritten."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import Range

from apps.kernel import clock

RowT = TypeVar("RowT", bound=models.Model)

KNOWN = "known"
# What PostgreSQL tells apart: a fact is known for at least so long, because an empty range forgets when it began.
SHORTEST = timedelta(microseconds=1)


def known_from(at: datetime) -> Range[datetime]:
    """The range of what is known from a moment on."""
    return Range(at, None, "[)")


def known_from_now() -> Range[datetime]:
    """The range of what becomes known now."""
    return known_from(clock.now())


class Bitemporal(models.Model):
    """A fact that was known in `known`, `[from, to)`; without an end it is known still.

    A value changes by `close` and a new row from the same moment on. The database refuses DELETE, and every
    UPDATE but that one closing, whoever asks (tenancy/keeping.py). Undo closes and adds as well. Meta has one
    `KnownOnce`, and the model stands before OrganizationModel or TenantModel among the bases.
    """

    undo: ClassVar[str] = "close"
    app_grants: ClassVar[tuple[str, ...]] = ("SELECT", "INSERT", "UPDATE (known, updated_at)")

    known = DateTimeRangeField(_("known"), default=known_from_now, editable=False)

    class Meta:
        abstract = True

    @property
    def is_known(self) -> bool:
        """Say whether the fact counts today."""
        return self.known is not None and self.known.upper is None


class KnownOnce(ExclusionConstraint):
    """At no moment are two rows of one `key` known whose ranges in `over` (when prices are valid, say) overlap."""

    def __init__(self, *, name: str, key: Iterable[str], over: Iterable[str] = ()) -> None:
        self.key, self.over = tuple(key), tuple(over)
        equal = [(column, RangeOperators.EQUAL) for column in self.key]
        overlapping = [(column, RangeOperators.OVERLAPS) for column in (*self.over, KNOWN)]
        # The condition always holds. Queries do not state it, and that keeps them from this index, which looks
        # cheaper to the planner than those that are made for them, and takes twenty times as long.
        condition = models.Q(known__isempty=False)
        super().__init__(name=name, expressions=[*equal, *overlapping], condition=condition)

    def deconstruct(self) -> Any:
        """Arguments for migrations."""
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        return path, (), {"name": self.name, "key": self.key, "over": self.over}


def known_once(model: type[models.Model]) -> KnownOnce | None:
    """The constraint that says what makes two facts of the model the same one; None when there is none."""
    return next((item for item in model._meta.constraints if isinstance(item, KnownOnce)), None)


def currently_known(rows: models.QuerySet[RowT]) -> models.QuerySet[RowT]:
    """Facts that count today."""
    return rows.filter(known__upper_inf=True)


def known_at(rows: models.QuerySet[RowT], at: datetime | None) -> models.QuerySet[RowT]:
    """Facts as they were known at a moment; None means today.

    A moment is settled once every change that began before it has ended, a few milliseconds later.
    """
    return currently_known(rows) if at is None else rows.filter(known__contains=at)


def moment_after(rows: Iterable[Any]) -> datetime:
    """Now, or as soon after it as each of the known rows has been known for a while. The rows are locked."""
    moments: list[datetime] = [row.known.lower + SHORTEST for row in rows]
    return max((clock.now(), *moments))


def close(rows: models.QuerySet[Any], at: datetime) -> int:
    """Let the known facts count no longer from a moment on, in one statement; say how many there were."""
    closed = models.Func(models.F("known__startswith"), models.Value(at), function="tstzrange")
    return int(currently_known(rows).update(known=closed, updated_at=clock.now()))
