"""A list page of 50 currencies through the scoped manager: it must not matter how many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.db import models

from apps.currencies.models import Currency
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from benchmarks.crowd import Crowd, load_crowd
from benchmarks.figures import Figure
from benchmarks.options import Options
from benchmarks.timing import Samples, milliseconds, take_turns

PAGE = 50
SMALL, MEDIUM, LARGE = 10_000, 50_000, 1_000_000
MAIN, BESIDE = "default", "other"
MOST = 1.3
ROUNDS, WARM_UP = 400, 40

Rows = models.QuerySet[Currency]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: which rows, in which order."""

    name: str
    rows: Callable[[Rows, Any], Rows]
    sees: int = 0  # organizations that the scope sees; 0 means all


def _after(field: str, *, downwards: bool) -> Callable[[Rows, Any], Rows]:
    """Rows behind a given one, by a pair of comparisons of which an index serves the first."""
    sign, word = ("-", "lt") if downwards else ("", "gt")

    def narrow(rows: Rows, last: Any) -> Rows:
        value = getattr(last, field)
        behind = models.Q(**{f"{field}__{word}": value}) | models.Q(**{field: value, f"id__{word}": last.pk})
        return rows.filter(models.Q(**{f"{field}__{word}e": value}) & behind).order_by(f"{sign}{field}", f"{sign}id")

    return narrow


LISTINGS = (
    Listing("newest first", lambda rows, _: rows.order_by("-id")),
    Listing("newest first, from the middle", lambda rows, last: rows.filter(id__lt=last.pk).order_by("-id")),
    Listing("by name", lambda rows, _: rows.order_by("name", "id")),
    Listing("by name, from the middle", _after("name", downwards=False)),
    Listing("by name downwards, from the middle", _after("name", downwards=True)),
    Listing("by name, seeing 3 of 60 organizations", lambda rows, _: rows.order_by("name", "id"), sees=3),
)


def run(options: Options) -> Iterator[Figure]:
    """Compare the same page of a small tenant and of larger ones, in tables of their own."""
    small = load_crowd(min(SMALL, options.size(LARGE)), using=BESIDE)
    for size in sorted({min(MEDIUM, options.size(LARGE)), options.size(LARGE)}):
        large = load_crowd(size, using=MAIN)
        for listing in LISTINGS:
            pages = {MAIN: Page(listing, large, MAIN), BESIDE: Page(listing, small, BESIDE)}
            readings = {using: milliseconds(page.show) for using, page in pages.items()}
            yield _figure(pages, take_turns(readings, rounds=ROUNDS, warm_up=WARM_UP))


class Page:
    """One page of a list as one tenant sees it."""

    def __init__(self, listing: Listing, crowd: Crowd, using: str) -> None:
        seen = sorted(crowd.scope.organization_ids)[: listing.sees or None]
        self.listing, self.rows, self.using = listing, crowd.rows, using
        self.scope = replace(crowd.scope, organization_ids=frozenset(seen))
        with self._open():
            shown = crowd.rows * len(seen) // len(crowd.scope.organization_ids)
            self.last = self._living().order_by("name", "id")[shown // 2]

    def show(self) -> None:
        """Fetch it in a transaction of its own, as a request does."""
        with self._open():
            found = list(self._selected())
        assert len(found) == PAGE, len(found)

    def sorts(self) -> bool:
        """Say whether the database sorts what it finds instead of walking an index in order."""
        with self._open():
            return "Sort Key" in self._selected().explain()

    def _selected(self) -> Rows:
        return self.listing.rows(self._living(), self.last)[:PAGE]

    def _living(self) -> Rows:
        rows: Rows = Currency.objects.using(self.using).filter(deleted_at__isnull=True)
        return rows

    @contextmanager
    def _open(self) -> Iterator[None]:
        with using_scope(self.scope), scoped_transaction(using=self.using):
            yield


def _figure(pages: Mapping[str, Page], taken: Mapping[str, Samples]) -> Figure:
    value, baseline = taken[MAIN], taken[BESIDE]
    notes = [f"median {value.median:.2f} ms, of the baseline {baseline.median:.2f} ms"]
    notes += [f"sorts instead of walking an index at {page.rows:,} rows" for page in pages.values() if page.sorts()]
    return Figure(
        f"{pages[MAIN].rows:,} rows, {pages[MAIN].listing.name}, p95",
        value.p95,
        baseline=baseline.p95,
        against=f"the same page of a tenant with {pages[BESIDE].rows:,} rows; each is one of twenty in its table",
        target=f"≤ {MOST}×",
        met=value.p95 / baseline.p95 <= MOST,
        note="; ".join(notes),
    )
