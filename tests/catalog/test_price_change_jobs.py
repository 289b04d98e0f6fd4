"""Changes of very many prices: made behind the answer, once, all of them or none, and taken back by one undo."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections
from django.test import Client
from psycopg.types.range import Range

from apps.auth.models import UserRole
from apps.catalog.models import Price, PriceKind, Product
from apps.catalog.selectors import PriceChoice
from apps.catalog.selectors.prices import prices_of_today
from apps.catalog.services import change_prices, price_change_jobs, price_renewing
from apps.kernel import clock
from apps.kernel.api import jobs
from apps.kernel.commands.models import Action
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.work.models import Work
from apps.kernel.work.sweeper import sweep
from apps.progress.models import Job
from apps.progress.services import cancel_job
from tests.auth.factories import reading_in, system
from tests.catalog.factories import (
    make_kind,
    make_offer,
    make_price,
    make_price_list,
    make_product,
    make_variant,
)
from tests.catalog.test_price_changes import CHANGE, change
from tests.directory.callers import send
from tests.support.scopes import House, seeding

pytestmark = pytest.mark.committed
PAGE = "/backend/catalog/change-prices/"
MANY = price_change_jobs.FEW + 1


@pytest.fixture
def kind(house: House) -> PriceKind:
    """A kind with more prices than are changed at once: 1.00, 2.00 and so on."""
    kind = make_kind(house)
    with seeding(house.scope(house.north)):
        products = Product.objects.bulk_create(Product(title=f"P {number}") for number in range(MANY))
        Price.objects.bulk_create(
            Price(product=item, kind=kind, currency="EUR", amount=Decimal(number + 1), valid=Range(None, None, "()"))
            for number, item in enumerate(products)
        )
    return kind


def known(house: House) -> list[Decimal]:
    with reading_in(house):
        return sorted(prices_of_today().values_list("amount", flat=True))


OLD = [Decimal(number + 1) for number in range(MANY)]
NEW = [amount + 1 for amount in OLD]


def job_of(house: House) -> Job:
    with reading_in(house):
        job: Job = Job.objects.get(kind=price_change_jobs.WORK)
        return job


def asked(client: Client, kind: PriceKind, *, headers: dict[str, str] | None = None, **more: Any) -> Any:
    return send(client, "post", CHANGE, {"kind_id": str(kind.pk), "amount": "1", **more}, **(headers or {}))


def test_many_prices_are_changed_behind_the_answer_as_one_action(house: House, bob: Client, kind: PriceKind) -> None:
    answer = asked(bob, kind)
    assert (answer.status_code, known(house)) == (202, OLD)
    sweep("work")
    job = bob.get(answer.json()["progress"]).json()
    assert (job["status"], job["processed"], job["total"]) == ("completed", MANY, MANY)
    assert (job["result"]["count"], known(house)) == (MANY, NEW)
    undone = send(bob, "post", f"/api/audit_logs/actions/{job['result']['action']}/undo/", {})
    assert (undone.status_code, known(house)) == (200, OLD)


def test_what_cannot_be_done_is_refused_at_once(house: House, bob: Client, kind: PriceKind) -> None:
    refused = [asked(bob, kind, amount=amount) for amount in ("-5", "0")]
    codes = ["catalog.price_change.impossible", "catalog.price_change.nothing"]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(400, code) for code in codes]
    with reading_in(house):
        assert not Job.objects.exists()
    assert not Work.objects.filter(kind=price_change_jobs.WORK).exists()


def test_a_refusal_stands_in_the_language_of_who_asked(house: House, bob: Client, kind: PriceKind) -> None:
    assert asked(bob, kind, headers={"Accept-Language": "de"}).status_code == 202
    with seeding(house.scope(house.north)):
        UserRole.objects.all().delete()
    sweep("work")
    assert (job_of(house).error, known(house)) == ("Dafür ist die Berechtigung catalog.pricing.manage nötig.", OLD)


def test_the_same_key_starts_one_job(house: House, bob: Client, kind: PriceKind) -> None:
    body = {"kind_id": str(kind.pk), "amount": "1"}
    first, second = (send(bob, "post", CHANGE, body, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert first.json() == second.json()
    assert (second.status_code, second["Idempotency-Replayed"]) == (202, "true")
    sweep("work")
    assert (known(house), job_of(house).status) == (NEW, "completed")


class Died(BaseException):
    """The end of a worker."""


def test_a_worker_that_dies_behind_its_commit_changes_nothing_twice(
    house: House, bob: Client, kind: PriceKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(bob, kind)

    def die(*_given: Any) -> Any:
        raise Died

    with monkeypatch.context() as patch, pytest.raises(Died):
        patch.setattr(jobs, "undo_offer", die)
        sweep("work")
    assert (known(house), job_of(house).status) == (NEW, "running")
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        sweep("work")
    job = job_of(house)
    with reading_in(house):
        [action] = Action.objects.filter(command=change_prices.spec.id)
    assert (known(house), job.status, job.result["count"]) == (NEW, "completed", MANY)
    assert job.result["action"] == str(action.pk)
    assert action.source == "api"


@contextmanager
def at_second_batch(do: Callable[[], object]) -> Any:
    """Do something, on another connection, when the second batch is written."""
    batches: list[str] = []

    def run() -> None:
        try:
            do()
        finally:
            connections.close_all()

    def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        is_batch = 'INSERT INTO "price"' in sql
        batches.extend([sql] if is_batch else [])
        if is_batch and len(batches) == 2:
            thread = threading.Thread(target=run)
            thread.start()
            thread.join()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield
    assert len(batches) == 2


def test_who_stops_a_change_has_all_prices_as_they_were(
    house: House, bob: Client, kind: PriceKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(price_renewing, "BATCH", 50)
    monkeypatch.setattr(jobs, "LOOKS_EVERY", 0.0)
    asked(bob, kind)
    job_id = job_of(house).pk

    def stop() -> None:
        with using_scope(system(house)):
            cancel_job(job_id)

    with at_second_batch(stop):
        sweep("work")
    assert (job_of(house).status, known(house)) == ("cancelled", OLD)
    with reading_in(house):
        assert not Action.objects.filter(command=change_prices.spec.id).exists()


def question(page: Any) -> dict[str, str]:
    html = page.content.decode()
    return {"seen": html.partition('name="seen" value="')[2][:64], "preview": "1", "amount": "1"}


def test_the_page_leaves_many_to_a_job(house: House, bob: Client, kind: PriceKind) -> None:
    page = bob.get(PAGE, {"preview": "1", "amount": "1", "kind": str(kind.pk)})
    assert f"Change {MANY} prices" in page.content.decode()
    answer = bob.post(PAGE, {**question(page), "kind": str(kind.pk)}, follow=True)
    assert "The strip at the top of the page says how far it is." in answer.content.decode()
    assert known(house) == OLD
    sweep("work")
    with reading_in(house):
        [action] = Action.objects.filter(command=change_prices.spec.id)
    assert (known(house), action.source) == (NEW, "admin")
    assert job_of(house).result == {"count": MANY, "action": str(action.pk)}


def test_only_what_was_shown_is_done_behind_the_answer(house: House, bob: Client, kind: PriceKind) -> None:
    page = bob.get(PAGE, {"preview": "1", "amount": "1", "kind": str(kind.pk)})
    assert bob.post(PAGE, {**question(page), "kind": str(kind.pk)}).status_code == 302
    with reading_in(house):
        price = prices_of_today().order_by("amount").first()
    assert price is not None
    assert bob.patch(f"/api/catalog/prices/{price.pk}/", {"amount": "7.5"}, "application/json").status_code == 200
    before = known(house)
    sweep("work")
    job = job_of(house)
    assert (job.status, known(house)) == ("failed", before)
    assert "A price was corrected or closed meanwhile." in job.error
    stale = bob.post(PAGE, {**question(page), "kind": str(kind.pk)})
    assert stale.status_code == 409


def test_whoever_asked_is_told_in_their_language_why_nothing_was_done(
    house: House, bob: Client, kind: PriceKind
) -> None:
    page = bob.get(PAGE, {"preview": "1", "amount": "1", "kind": str(kind.pk)})
    given = {**question(page), "kind": str(kind.pk)}
    assert bob.post(PAGE, given, headers={"Accept-Language": "de"}).status_code == 302
    with reading_in(house):
        price = prices_of_today().order_by("amount").first()
    assert price is not None
    assert send(bob, "patch", f"/api/catalog/prices/{price.pk}/", {"amount": "7.5"}).status_code == 200
    sweep("work")
    job = job_of(house)
    assert (job.status, job.error.partition(".")[0]) == ("failed", "Ein Preis wurde inzwischen berichtigt oder beendet")


def test_a_day_that_was_ahead_when_it_was_asked_for_is_in_time(house: House, bob: Client, kind: PriceKind) -> None:
    since = clock.now() + timedelta(seconds=30)
    assert asked(bob, kind, valid_from=since.isoformat()).status_code == 202
    with clock.frozen(since + timedelta(seconds=60)):
        sweep("work")
        assert job_of(house).status == "completed"
    with reading_in(house):
        before, after = (
            sorted(prices_of_today().filter(valid__contains=moment).values_list("amount", flat=True))
            for moment in (since - timedelta(seconds=1), since)
        )
    assert (before, after) == (OLD, NEW)


def test_a_price_keeps_everything_but_its_amount(house: House) -> None:
    product = make_product(house)
    variant = make_variant(house, product)
    whom: dict[str, Any] = {name: UUID(int=number) for number, name in enumerate(FOR_WHOM, start=1)}
    begins, ends = clock.now() - timedelta(days=9), clock.now() + timedelta(days=9)
    offer = make_offer(house, product, begins, ends)
    former = make_price(
        house,
        product,
        make_kind(house),
        variant=variant,
        offer=offer,
        price_list=make_price_list(house),
        includes_tax=True,
        min_quantity=Decimal(2),
        max_quantity=Decimal("9.5"),
        valid=(begins, ends),
        **whom,
    )
    with using_scope(house.scope(house.north)):
        assert change_prices(choice=PriceChoice(), change=change(percent="5")) == 1
    with reading_in(house):
        former, latter = Price.objects.get(pk=former.pk), prices_of_today().get()
    differ = {item.attname for item in Price._meta.concrete_fields if facts(former, item) != facts(latter, item)}
    assert differ == {"id", "known", "amount", "created_at", "updated_at"}
    assert (latter.amount, former.known.upper) == (Decimal("10.5"), latter.known.lower)


FOR_WHOM = ("channel_id", "customer_id", "customer_group_id", "user_id", "user_group_id")


def facts(row: Price, field: Any) -> Any:
    return getattr(row, field.attname)
