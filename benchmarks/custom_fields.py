"""Lists of a million records by a custom field, beside a real column of the same rows: before and after promotion."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.management import call_command

from apps.auth.models import Session
from apps.auth.tokens import new_access_token
from apps.entities.models import RecordType
from apps.entities.services import create_definition, create_type
from apps.kernel import clock
from apps.kernel.crypto.tokens import token_digest
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from benchmarks.databases import loading
from benchmarks.figures import Figure
from benchmarks.houses import ids
from benchmarks.options import Options
from benchmarks.timing import Samples, milliseconds, take_turns
from benchmarks.web import Call, Line, server
from tests.auth.factories import make_role, make_user
from tests.support.scopes import House, make_house

LARGE = 1_000_000
SHARE = 5  # every fifth row belongs to one of the other nineteen tenants
TENANTS = 20
FIELDS = {"amount": "integer", "name": "text"}
MOST, PATIENCE = 2.0, 300.0
ROUNDS, WARM_UP, SLOW_ROUNDS = 150, 20, 7
PATH = "/api/entities/parcel/records/"

# The values of the fields and those of the real columns beside them are spread alike: `amount` like `updated_at`,
# `name` like `title`. Rows of all tenants lie mixed.
LOAD = """
INSERT INTO custom_record (id, tenant_id, organization_id, type_id, created_at, updated_at, version, title, custom)
SELECT uuid7(), (%(tenants)s::uuid[])[tenant + 1], CASE tenant WHEN 0 THEN %(organization)s ELSE %(other)s END,
    CASE tenant WHEN 0 THEN %(type)s ELSE %(other)s END, now(), timestamptz '2020-01-01' + make_interval(secs => dice),
    1, 'parcel ' || dice, jsonb_build_object('amount', dice, 'name', 'parcel ' || dice, 'note', 'fragile',
        'weight', dice %% 100 / 10.0)
FROM (SELECT CASE WHEN number %% %(share)s::int = 0 THEN 1 + number / %(share)s::int %% %(others)s::int
            ELSE 0 END AS tenant,
        abs(hashint8(number)) %% 100000000 AS dice
    FROM generate_series(1, %(rows)s::int) AS number) AS numbers
"""


@dataclass(frozen=True, slots=True)
class Question:
    """A list by a field, and the same list by a real column."""

    name: str
    custom: Mapping[str, str]
    real: Mapping[str, str]


QUESTIONS = (
    Question("sorted by a number", {"ordering": "-cf_amount"}, {"ordering": "-updated_at"}),
    Question("sorted by a text", {"ordering": "cf_name"}, {"ordering": "title"}),
    Question("one value", {"cf_name": "parcel 5", "ordering": "cf_name"}, {"title": "parcel 5", "ordering": "title"}),
    Question(
        "a range, sorted by it",
        {"cf_amount__gte": "40000000", "cf_amount__lt": "60000000", "ordering": "cf_amount"},
        {
            "updated_at__gte": "2021-04-07T23:06:40Z",
            "updated_at__lt": "2021-11-25T10:40:00Z",
            "ordering": "updated_at",
        },
    ),
)


@dataclass
class Watch:
    """A caller that asks again and again while something else goes on."""

    port: int
    call: Call
    times: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Ask in a thread of its own for the length of the block."""
        over = threading.Event()
        thread = threading.Thread(target=self._ask, args=(over,))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def _ask(self, over: threading.Event) -> None:
        with Line(self.port) as line:
            while not over.is_set():
                began = time.perf_counter()
                try:
                    line.ask(self.call)
                except (AssertionError, http.client.HTTPException, OSError) as error:
                    self.failures.append(str(error))
                self.times.append((time.perf_counter() - began) * 1000)


def run(options: Options) -> Iterator[Figure]:
    """Ask before promotion, promote both fields under load, and ask again."""
    rows = options.size(LARGE)
    house, headers = _furnish()
    _load(house, rows)
    with server() as port:
        yield from _before(port, headers, rows)
    with server() as port:
        yield _promotion(port, headers, rows)
    with server() as port:
        yield from _after(port, headers, rows)


def _furnish() -> tuple[House, dict[str, str]]:
    house = make_house("Benchmark")
    user = make_user(house, email="ada@example.org", roles=(make_role(house, "entities.*"),))
    with using_scope(house.scope(house.root)):
        create_type(key="parcel", label="Parcel", label_plural="Parcels")
        for key, kind in FIELDS.items():
            create_definition(entity="custom.parcel", key=key, label=key, kind=kind)
    with using_scope(house.scope()), scoped_transaction():
        session = Session(
            digest=token_digest("benchmark"), user_id=user.pk, expires_at=clock.now() + timedelta(hours=2)
        )
        session.save(force_insert=True)
        token = new_access_token(session)
    return house, {"Authorization": f"Bearer {token}", "X-Organization-Id": str(house.root.pk)}


def _load(house: House, rows: int) -> None:
    with using_scope(house.scope()), scoped_transaction():
        type_id: UUID = RecordType.objects.get().pk
    values: dict[str, Any] = {"tenants": [house.tenant.pk, *ids(TENANTS - 1)], "others": TENANTS - 1, "share": SHARE}
    values |= {"organization": house.root.pk, "other": ids(1)[0], "type": type_id, "rows": rows * SHARE // (SHARE - 1)}
    with loading() as session:
        session.execute(LOAD, values)


def _call(headers: Mapping[str, str], parameters: Mapping[str, str]) -> Call:
    return Call(f"{PATH}?{urlencode({'fields': 'title,custom_fields', **parameters})}", headers)


def _taken(port: int, headers: Mapping[str, str], question: Question, *, rounds: int) -> dict[str, Samples]:
    calls = {"custom": _call(headers, question.custom), "real": _call(headers, question.real)}
    with Line(port) as line:
        readings = {name: milliseconds(lambda call=call: line.ask(call)) for name, call in calls.items()}  # type: ignore[misc]
        return take_turns(readings, rounds=rounds, warm_up=min(rounds, WARM_UP))


def _before(port: int, headers: Mapping[str, str], rows: int) -> Iterator[Figure]:
    for question in QUESTIONS:
        taken = _taken(port, headers, question, rounds=SLOW_ROUNDS)
        median = taken["custom"].median
        yield Figure(
            f"{rows:,} rows, {question.name}, before promotion",
            median,
            baseline=taken["real"].median,
            against="the same list by a real column with an index",
            target=f"< {PATIENCE:.0f} ms",
            met=median < PATIENCE,
        )


def _promotion(port: int, headers: Mapping[str, str], rows: int) -> Figure:
    watch = Watch(port, _call(headers, {"ordering": "title"}))
    began = time.perf_counter()
    with watch.asking():
        for key in FIELDS:
            call_command("promote_field", "custom.parcel", key, stdout=_Silent())
    seconds = time.perf_counter() - began
    slowest = max(watch.times)
    note = f"{len(watch.times)} requests meanwhile, the slowest {slowest:.0f} ms; both indexes in {seconds:.1f} s"
    return Figure(
        f"{rows:,} rows, requests that failed while two fields were promoted",
        len(watch.failures),
        unit="",
        target="0",
        met=not watch.failures,
        note=note,
    )


class _Silent:
    """Prints nothing."""

    def write(self, text: str) -> int:
        """Nothing."""
        return len(text)


def _after(port: int, headers: Mapping[str, str], rows: int) -> Iterator[Figure]:
    for question in QUESTIONS:
        taken = _taken(port, headers, question, rounds=ROUNDS)
        ratio = taken["custom"].median / taken["real"].median
        yield Figure(
            f"{rows:,} rows, {question.name}, promoted",
            taken["custom"].median,
            baseline=taken["real"].median,
            against="the same list by a real column with an index",
            target=f"≤ {MOST:.0f}×",
            met=ratio <= MOST,
        )
