"""Recording, correcting and closing rates: what is written, what stays, and what the database refuses itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise

import psycopg
import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from apps.currencies import services
from apps.currencies.contracts import POSTED_DOCUMENTS, counts_posted_documents
from apps.currencies.errors import BaseCurrencyFixed, CurrencyGone
from apps.currencies.models import Currency, ExchangeRate
from apps.kernel import clock
from apps.kernel.commands.outcome import collecting_actions
from apps.kernel.commands.undo.engine import undo
from apps.kernel.errors import InvalidInput, RowNotFound
from apps.kernel.references.usages import InUse
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.currencies.factories import make_currency, make_rates, quote
from tests.support import databases
from tests.support.scopes import House, seeding

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
ENDS = "end_command("  # the statement that ends a command


@pytest.fixture
def scoped(house: House) -> Iterator[House]:
    make_currency(house, "PLN", is_base=True)
    for code in ("EUR", "USD"):
        make_currency(house, code)
    with using_scope(house.scope(house.north)):
        yield house


def history() -> list[ExchangeRate]:
    """Every row, by when it became known."""
    with scoped_transaction():
        return sorted(ExchangeRate.objects.all(), key=lambda row: (row.known.lower, row.rate))


def known() -> list[str]:
    return [f"{row.rate.normalize():f}" for row in history() if row.is_known]


def test_of_two_rates_of_one_call_the_later_one_counts(scoped: House) -> None:
    quotes = [quote("EUR/PLN", "4.1", "2026-11-20"), quote("EUR/PLN", "4.2", "2026-11-20")]
    assert len(services.record_rates(quotes, source="ECB")) == 1
    assert known() == ["4.2"]


def test_sources_days_kinds_and_directions_are_rates_of_their_own(scoped: House) -> None:
    services.record_rates([quote("EUR/PLN", "4.1", "2026-11-20")], source="NBP")
    others = [
        quote("EUR/PLN", "4.2", "2026-11-20"),
        quote("EUR/PLN", "4.3", "2026-11-21"),
        quote("EUR/PLN", "4.4", "2026-11-20", "sell"),
        quote("PLN/EUR", "0.2", "2026-11-20"),
    ]
    services.record_rates(others, source="ECB")
    assert sorted(known()) == ["0.2", "4.1", "4.2", "4.3", "4.4"]


def touching(queries: CaptureQueriesContext) -> list[str]:
    """First words of the statements on the table; the one that ends a command only knows its name."""
    return [item["sql"].split()[0] for item in queries if '"exchange_rate"' in item["sql"] and ENDS not in item["sql"]]


def test_a_thousand_rates_are_two_writing_statements(scoped: House) -> None:
    days = [f"2024-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29)]
    first = [quote("EUR/PLN", "4.1", day) for day in days]
    services.record_rates(first, source="ECB")
    with CaptureQueriesContext(connection) as queries:
        services.record_rates([quote("EUR/PLN", "4.2", day) for day in days], source="ECB")
    assert touching(queries) == ["SELECT", "UPDATE", "INSERT"]
    with CaptureQueriesContext(connection) as queries:
        assert services.record_rates([quote("EUR/PLN", "4.2", day) for day in days], source="ECB") == []
    assert touching(queries) == ["SELECT"]


def test_a_correction_begins_where_the_former_value_ends_even_within_one_tick(scoped: House) -> None:
    with clock.frozen(NOON):
        for rate in ("4.1", "4.2", "4.3"):
            services.record_rates([quote("EUR/PLN", rate, "2026-11-20")], source="ECB")
    rows = history()
    assert [f"{row.rate.normalize():f}" for row in rows] == ["4.1", "4.2", "4.3"]
    assert all(former.known.upper == latter.known.lower for former, latter in pairwise(rows))
    assert rows[0].known.lower == NOON


def test_none_is_refused(scoped: House) -> None:
    with pytest.raises(InvalidInput) as refusal:
        services.record_rates([], source="ECB")
    assert [item.field for item in refusal.value.errors] == ["rates"]


def test_what_no_longer_counts_is_neither_corrected_nor_closed_again(scoped: House) -> None:
    [rate] = services.record_rates([quote("EUR/PLN", "4.1", "2026-11-20")], source="ECB")
    services.close_rate(rate.pk)
    with pytest.raises(RowNotFound):
        services.close_rate(rate.pk)
    with pytest.raises(RowNotFound):
        services.correct_rate(rate.pk, rate=Decimal("4.2"))
    services.record_rates([quote("EUR/PLN", "4.1", "2026-11-20")], source="ECB")
    assert known() == ["4.1"]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM exchange_rate",
        "UPDATE exchange_rate SET rate = 5",
        "UPDATE exchange_rate SET known = tstzrange(lower(known), clock_timestamp()), rate = 5",
        "SELECT set_config('app.deleted_tenant', tenant_id::text, true) FROM exchange_rate; DELETE FROM exchange_rate",
    ],
)
def test_the_app_role_deletes_and_overwrites_nothing(scoped: House, statement: str) -> None:
    make_rates(scoped, quote("EUR/PLN", "4.1", "2026-11-20"))
    with (
        pytest.raises(DatabaseError, match="permission denied for table exchange_rate"),
        seeding(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert known() == ["4.1"]


def test_the_orm_deletes_and_overwrites_nothing(scoped: House) -> None:
    make_rates(scoped, quote("EUR/PLN", "4.1", "2026-11-20"))
    with pytest.raises(DatabaseError, match="permission denied"), seeding():
        ExchangeRate.objects.all().delete()
    with pytest.raises(DatabaseError, match="permission denied"), seeding():
        ExchangeRate.objects.update(rate=5)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ("known = tstzrange(lower(known) - interval '1 day', now())", "never changed"),
        ("known = 'empty'", "never changed"),
        ("known = known", "never changed"),
        ("updated_at = now()", "never changed"),
        ("known = tstzrange(lower(known), clock_timestamp())", ""),
    ],
)
def test_closing_is_the_only_change(scoped: House, change: str, refusal: str) -> None:
    make_rates(scoped, quote("EUR/PLN", "4.1", "2026-11-20"))
    if not refusal:
        with seeding(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE exchange_rate SET {change}")
        assert known() == []
        return
    with pytest.raises(DatabaseError, match=refusal), seeding(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE exchange_rate SET {change}")


def test_what_is_closed_is_never_opened_again(scoped: House) -> None:
    [rate] = make_rates(scoped, quote("EUR/PLN", "4.1", "2026-11-20"))
    services.close_rate(rate)
    with pytest.raises(DatabaseError, match="never changed"), seeding(), connection.cursor() as cursor:
        cursor.execute("UPDATE exchange_rate SET known = tstzrange(lower(known), NULL)")


@pytest.mark.committed
def test_only_the_owner_who_names_the_tenant_deletes(house: House) -> None:
    make_rates(house, quote("EUR/PLN", "4.1", "2026-11-20"))
    with databases.admin(connection.settings_dict["NAME"]) as session:
        session.execute("ALTER TABLE exchange_rate DISABLE TRIGGER row_images_delete")
        session.execute("SELECT set_config('app.tenant_id', %s, false)", [str(house.tenant.pk)])
        session.execute("SELECT set_config('app.orgs', %s, false)", [str(house.north.pk)])
        for role, named in (("agora_owner", False), ("agora_provisioner", True)):
            session.execute(f"SET ROLE {role}".encode())
            session.execute("SELECT set_config('app.deleted_tenant', %s, false)", [str(house.tenant.pk) * named])
            with pytest.raises(psycopg.Error, match="rows of exchange_rate are never deleted"):
                session.execute("DELETE FROM exchange_rate")
        session.execute("SET ROLE agora_owner")
        session.execute("SELECT set_config('app.deleted_tenant', %s, false)", [str(house.tenant.pk)])
        assert session.execute("DELETE FROM exchange_rate").rowcount == 1


def test_two_values_are_never_known_at_once(scoped: House) -> None:
    [rate] = make_rates(scoped, quote("EUR/PLN", "4.1", "2026-11-20"))
    with pytest.raises(DatabaseError, match="exchange_rate_known_once"), seeding():
        row = ExchangeRate.objects.get(pk=rate)
        row.pk, row.rate = row._meta.pk.get_default(), Decimal("4.2")
        row.save(force_insert=True)


def test_a_currency_stays_while_rates_name_it(scoped: House) -> None:
    [rate] = make_rates(scoped, quote("EUR/USD", "1.1", "2026-11-20"))
    with scoped_transaction():
        euro = Currency.objects.get(code="EUR")
    with pytest.raises(InUse) as refusal:
        services.delete_currency(euro.pk)
    assert refusal.value.context["usages"] == {"currencies.exchange_rate": 1}
    with collecting_actions() as actions:
        services.close_rate(rate)
        services.delete_currency(euro.pk)
    with pytest.raises(CurrencyGone):
        undo(actions[0])
    undo(actions[1])
    undo(actions[0])
    assert known() == ["1.1"]


def test_the_addition_of_a_currency_stays_while_rates_name_it(scoped: House) -> None:
    with collecting_actions() as actions:
        services.create_currency(code="CHF")
    make_rates(scoped, quote("CHF/PLN", "4.5", "2026-11-20"))
    with pytest.raises(InUse):
        undo(actions[0])


def test_with_rates_there_is_a_base_whoever_writes(scoped: House) -> None:
    with seeding():
        Currency.objects.update(is_base=False)
        Currency.objects.filter(code="EUR").update(is_base=True)
    make_rates(scoped, quote("EUR/PLN", "4.1", "2026-11-20"))
    with pytest.raises(DatabaseError, match="no base currency"), seeding(), connection.cursor() as cursor:
        Currency.objects.update(is_base=False)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with seeding(), connection.cursor() as cursor:
        Currency.objects.update(is_base=False)
        Currency.objects.filter(code="PLN").update(is_base=True)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_base_stays_once_documents_are_posted(scoped: House) -> None:
    with scoped_transaction():
        euro = Currency.objects.get(code="EUR")
    with collecting_actions() as actions:
        services.set_base_currency(euro.pk)
    counts_posted_documents("tests.documents")(lambda organization_id: 3 * (organization_id == euro.organization_id))
    try:
        with pytest.raises(BaseCurrencyFixed) as refusal:
            undo(actions[0])
        assert refusal.value.context["count"] == 3
        with scoped_transaction():
            zloty = Currency.objects.get(code="PLN")
        with pytest.raises(BaseCurrencyFixed):
            services.set_base_currency(zloty.pk)
    finally:
        POSTED_DOCUMENTS.remove("tests.documents")
    services.set_base_currency(zloty.pk)
