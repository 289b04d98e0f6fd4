"""The REST interface over HTTP: a list beside stock DRF, signing in beside bare bcrypt, an export of everything."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

import bcrypt
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.http import QueryDict

from apps.auth.models import LoginState, Session
from apps.auth.tokens import new_access_token
from apps.currencies.api.views.currencies import CurrencyViewSet
from apps.kernel import clock
from apps.kernel.api.exporting.formats import FORMATS
from apps.kernel.api.exporting.rows import exported_rows
from apps.kernel.api.reading.reader import select
from apps.kernel.crypto.tokens import token_digest
from apps.kernel.tenancy.scope import Scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from benchmarks.crowd import load_crowd
from benchmarks.figures import Figure
from benchmarks.options import Options
from benchmarks.timing import take_turns
from benchmarks.web import Call, answers_per_second, server
from tests.auth.factories import make_role, make_user
from tests.support.scopes import House, make_house, make_organization, seeding

LARGE = 1_000_000
SMALL = 10_000
WIDTH = 60
PASSWORD = "one good password for a benchmark"  # noqa: S105 - opens nothing
TURNS, SECONDS = 7, 1.0


@dataclass(frozen=True, slots=True)
class Place:
    """A house with many organizations, somebody who may see its currencies, and their token."""

    house: House
    organizations: tuple[UUID, ...]
    email: str
    token: str

    @property
    def scope(self) -> Scope:
        """The whole house."""
        return Scope(
            self.house.tenant.pk, self.organizations[0], frozenset(self.organizations), self.house.scope().actor
        )


def run(options: Options) -> Iterator[Figure]:
    """Measure through one server process with one thread."""
    place = _furnish()
    for rows in sorted({min(SMALL, options.size(LARGE)), options.size(LARGE)}):
        load_crowd(rows, using="default", main=(place.house.tenant.pk, list(place.organizations)))
        with server() as port:
            yield _list(port, place, rows)
    with server() as port:
        yield from _overhead(port, place)
        yield _log_ins(port, place)
    yield _export(place, options.size(LARGE))


def _furnish() -> Place:
    house = make_house("Benchmark")
    with seeding(house.scope()):
        more = [make_organization(f"Branch {number}", parent=house.root).pk for number in range(WIDTH - 3)]
    email = "ada@example.org"
    user = make_user(house, email=email, roles=(make_role(house, "currencies.*"),))
    with using_scope(house.scope()), scoped_transaction():
        LoginState.objects.filter(pk=user.pk).update(password=make_password(PASSWORD))
        session = Session(
            digest=token_digest("benchmark"), user_id=user.pk, expires_at=clock.now() + timedelta(hours=1)
        )
        session.save(force_insert=True)
        token = new_access_token(session)
    return Place(house, (house.root.pk, house.north.pk, house.south.pk, *more), email, token)


def _list(port: int, place: Place, rows: int) -> Figure:
    told = {
        "X-Bench-Tenant": str(place.house.tenant.pk),
        "X-Bench-Organizations": ",".join(map(str, place.organizations)),
    }
    calls = {
        "ours": Call("/api/currencies/currencies/?ordering=code", {"Authorization": f"Bearer {place.token}"}),
        "stock": Call("/stock/currencies/", told),
    }
    taken = take_turns(
        {name: partial(answers_per_second, port, call, seconds=SECONDS) for name, call in calls.items()},
        rounds=TURNS,
        warm_up=1,
    )
    ours, stock = taken["ours"].median, taken["stock"].median
    return Figure(
        f"list of 50 of {rows:,} rows with sign-in, scope and RLS",
        ours,
        "answers/s",
        baseline=stock,
        against="a stock ModelViewSet without sign-in and scope, same table, server and wall",
        target="≥ 4×",
        met=ours / stock >= 4,
        note="it counts exactly, as far as 10,000; stock counts all",
    )


def _overhead(port: int, place: Place) -> Iterator[Figure]:
    calls = {
        "staff": Call("/bench/staff/", {"Authorization": f"Bearer {place.token}"}),
        "anybody": Call("/bench/anybody/", {}),
    }
    taken = take_turns(
        {name: partial(_milliseconds_each, port, call) for name, call in calls.items()}, rounds=TURNS, warm_up=1
    )
    more = taken["staff"].median - taken["anybody"].median
    yield Figure(
        "what signing in by token adds to a request",
        more,
        baseline=taken["anybody"].median,
        against="the whole of an anonymous request that does nothing",
        target="< 2.5 ms",
        met=more < 2.5,
    )


def _milliseconds_each(port: int, call: Call) -> float:
    return 1_000 / answers_per_second(port, call, seconds=SECONDS, callers=1)


def _log_ins(port: int, place: Place) -> Figure:
    body = json.dumps({"email": place.email, "password": PASSWORD}).encode()
    call = Call("/api/auth/session", {"Content-Type": "application/json"}, "POST", body)
    taken = take_turns(
        {"log-in": partial(answers_per_second, port, call, seconds=3, callers=1), "bcrypt": _bare_bcrypt},
        rounds=3,
        warm_up=1,
    )
    ours, bare = taken["log-in"].median, taken["bcrypt"].median
    return Figure(
        "log-ins over HTTP",
        ours,
        "a second",
        baseline=bare,
        against=f"bare bcrypt of cost {settings.AGORA_BCRYPT_COST} on one core",
        target="≥ 0.85×",
        met=ours / bare >= 0.85,
    )


def _bare_bcrypt() -> float:
    stored = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(settings.AGORA_BCRYPT_COST))
    began, count = time.perf_counter(), 0
    while time.perf_counter() - began < 3:
        bcrypt.checkpw(PASSWORD.encode(), stored)
        count += 1
    return count / (time.perf_counter() - began)


def _export(place: Place, rows: int) -> Figure:
    """All rows as CSV, thrown away; what grows is the process."""
    _drain(place, limit=20_000)
    before, began = _peak_megabytes(), time.perf_counter()
    size = _drain(place, limit=None)
    seconds, growth = time.perf_counter() - began, _peak_megabytes() - before
    return Figure(
        f"export of {rows:,} rows as CSV",
        seconds,
        "s",
        target="constant memory",
        met=growth < 30,
        note=f"{size / 1_000_000:.0f} MB of CSV, {growth:.0f} MB more memory than after the first 20,000 rows",
    )


def _drain(place: Place, *, limit: int | None) -> int:
    view = CurrencyViewSet()
    view.action, view.request, view.format_kwarg = "list", None, None  # type: ignore[assignment]
    with using_scope(place.scope), scoped_transaction():
        shape = view.shape()
        rows = view.get_queryset()
        chosen = rows if limit is None else rows.filter(pk__in=rows.order_by("pk").values("pk")[:limit])
        selection = select(chosen, QueryDict(), shape)
        pieces = FORMATS["csv"].write(selection.names, exported_rows(selection, shape, view, note=lambda ids: None))
        return sum(map(len, pieces))


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
