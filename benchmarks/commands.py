"""What a command costs beside the same save in a scoped transaction of a database without image triggers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count, cycle, product
from string import ascii_uppercase
from uuid import UUID

from apps.currencies.models import Currency
from apps.currencies.services import update_currency
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_for_update
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from benchmarks.counting import statements
from benchmarks.databases import loading
from benchmarks.figures import Figure
from benchmarks.houses import REASON, ids, no_example, staff_scope
from benchmarks.options import Options
from benchmarks.timing import milliseconds, take_turns

PLAIN = "other"  # the database whose currency table has no image triggers
MORE, TIMES = 3, 2.5
ROUNDS, WARM_UP = 300, 30
BULK, BULK_ROUNDS = 1_000, 30
ROWS = 200
CODES = ["".join(letters) for letters in product(ascii_uppercase, repeat=3)]


@command("benchmarks.currency.rename", open_reason=REASON, resource="currencies.currency", example=no_example)
def rename(currency_id: UUID, *, name: str) -> Currency:
    """Rename one currency."""
    currency = load_for_update(Currency, currency_id)
    currency.name = name
    currency.save(update_fields=["name", "version"])
    return currency


@command("benchmarks.currency.create", open_reason=REASON, resource="currencies.currency", example=no_example)
def create(code: str) -> Currency:
    """Save one new currency."""
    currency = _currency(code)
    currency.save(force_insert=True)
    return currency


@command("benchmarks.currency.fill", open_reason=REASON, resource="currencies.currency", bulk=True, example=no_example)
def fill(currencies: Sequence[Currency]) -> None:
    """Save many new currencies."""
    Currency.objects.bulk_create(currencies)


@dataclass(frozen=True, slots=True)
class Pair:
    """A write as a command, and the same write in a scoped transaction; `judged` ones have to meet the target."""

    name: str
    command: Callable[[], object]
    plain: Callable[[], object]
    rounds: int = ROUNDS
    judged: bool = True


def run(options: Options) -> Iterator[Figure]:
    """Measure each pair in turns; the plain database has lost its triggers."""
    with loading(PLAIN) as session:
        for event in ("insert", "update", "delete"):
            session.execute(f"DROP TRIGGER row_images_{event} ON currency".encode())
    scope = staff_scope(ids(1)[0], ids(1))
    with using_scope(scope):
        for pair in (*_changes(_rows()), *_creations(scope)):
            yield from _figures(pair)


def _rows() -> list[UUID]:
    """Ids of new currencies that stand in both databases."""
    rows = [_currency(code) for code in CODES[:ROWS]]
    fill(rows)
    with scoped_transaction(using=PLAIN):
        Currency.objects.using(PLAIN).bulk_create(map(_bare, rows))
    return [row.pk for row in rows]


def _currency(code: str) -> Currency:
    return Currency(code=code, name="New", symbol=code)


def _bare(currency: Currency) -> Currency:
    """The row as one whose custom values nobody asks about: the baseline saves and does nothing else."""
    currency.settle({})
    return currency


def _changes(rows: Sequence[UUID]) -> Iterator[Pair]:
    ring, names = cycle(rows), (f"Renamed {number}" for number in count())

    def plain() -> None:
        with scoped_transaction(using=PLAIN):
            currency = Currency.objects.using(PLAIN).select_for_update(no_key=True, of=("self",)).get(pk=next(ring))
            currency.name = next(names)
            currency.save(update_fields=["name", "version"])

    yield Pair("rename", lambda: rename(next(ring), name=next(names)), plain)
    yield Pair(
        "rename by the module's own command",
        lambda: update_currency(next(ring), name=next(names)),
        plain,
        judged=False,
    )


def _creations(scope: Scope) -> Iterator[Pair]:
    def plain_create() -> None:
        with _elsewhere(scope), scoped_transaction(using=PLAIN):
            _bare(_currency("XTS")).save(force_insert=True, using=PLAIN)

    def plain_fill() -> None:
        with _elsewhere(scope), scoped_transaction(using=PLAIN):
            Currency.objects.using(PLAIN).bulk_create(map(_bare, _many()))

    def create_elsewhere() -> None:
        with _elsewhere(scope):
            create("XTS")

    def fill_elsewhere() -> None:
        with _elsewhere(scope):
            fill(_many())

    yield Pair("create", create_elsewhere, plain_create)
    yield Pair(f"create {BULK:,} rows at once", fill_elsewhere, plain_fill, rounds=BULK_ROUNDS)


@contextmanager
def _elsewhere(scope: Scope) -> Iterator[None]:
    """Work in a new organization: in one a currency may stand once."""
    organization = uuid7()
    with using_scope(replace(scope, organization_id=organization, organization_ids=frozenset({organization}))):
        yield


def _many() -> list[Currency]:
    return [_currency(code) for code in CODES[:BULK]]


def _figures(pair: Pair) -> Iterator[Figure]:
    readings = {"command": milliseconds(pair.command), "plain": milliseconds(pair.plain)}
    taken = take_turns(readings, rounds=pair.rounds, warm_up=WARM_UP)
    against = "the same save in a scoped transaction, in a database without image triggers"
    sent, plain_sent = len(statements(pair.command)), len(statements(pair.plain, using=PLAIN))
    yield Figure(
        f"{pair.name}, statements",
        sent,
        "",
        baseline=plain_sent,
        against=against,
        target=f"≤ {MORE} more" if pair.judged else "",
        met=sent - plain_sent <= MORE if pair.judged else None,
    )
    for kind in ("median", "p95"):
        value, baseline = getattr(taken["command"], kind), getattr(taken["plain"], kind)
        judged = pair.judged and kind == "median"
        yield Figure(
            f"{pair.name}, {kind}",
            value,
            baseline=baseline,
            against=against,
            target=f"≤ {TIMES}×" if judged else "",
            met=value / baseline <= TIMES if judged else None,
        )
