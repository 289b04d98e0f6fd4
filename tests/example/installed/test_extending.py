"""Each way to extend another module, as the example does it on currencies."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from apps.example.apps import ExampleConfig
from apps.example.contracts import Attitude, Stance, StanceBook
from apps.example.models import CurrencyStance, Reminder
from apps.example.selectors import CarefulStanceBook, StoredStanceBook, judged
from apps.example.services import save_stance
from apps.example.setup import seed_examples
from apps.kernel.extensions.checks import check_extensions
from apps.kernel.services import service
from apps.kernel.tenancy.scope import using_scope
from tests.backoffice.currencies import LIST, form_of, make_currency
from tests.directory.callers import client_of, complaints, member
from tests.example.installed.factories import make_reminder
from tests.kernel.events_probes import run_all
from tests.support.scopes import House, reading

API = "/api/currencies/currencies/"
JSON = "application/json"
EVERYTHING = ("currencies.*", "example.*", "audit_logs.*")


@pytest.fixture
def alice(house: House) -> Client:
    return client_of(member(house, *EVERYTHING), organization=house.root)


@pytest.fixture
def euro(house: House) -> UUID:
    make_currency(house, "USD", is_base=True)
    return UUID(str(make_currency(house, "EUR").pk))


def say(house: House, currency_id: UUID, **values: Any) -> None:
    with using_scope(house.scope()):
        save_stance(currency_id, **values)


def stances(house: House) -> list[tuple[str, Decimal | None, str]]:
    with reading(house.scope()):
        return list(CurrencyStance.objects.values_list("attitude", "ceiling", "remark"))


def test_form_fields_and_the_table_in_rest(house: House, alice: Client, euro: UUID) -> None:
    body = {"symbol": "€", "_example": {"attitude": "careful", "ceiling": "1000", "remark": "Ask."}}
    changed = alice.patch(f"{API}{euro}/", body, content_type=JSON)
    assert changed.status_code == 200, changed.content
    shown = {"attitude": "careful", "ceiling": "1000.0000", "remark": "Ask.", "open_reminders": 0}
    assert (changed.json()["symbol"], changed.json()["_example"]) == ("€", shown)
    undo = f"/api/audit_logs/actions/{changed.headers['X-Action-Id']}/undo/"
    assert alice.post(undo, {}, content_type=JSON).status_code == 200
    assert alice.get(f"{API}{euro}/").json()["_example"] == {"open_reminders": 0}
    assert stances(house) == []


def test_complaints_of_the_saving_command_stand_at_its_fields(house: House, alice: Client, euro: UUID) -> None:
    say(house, euro, attitude="careful", ceiling=Decimal(5))
    refused = alice.patch(f"{API}{euro}/", {"_example": {"attitude": "closed"}}, content_type=JSON)
    assert complaints(refused) == {"_example.attitude": "example.stance.closed_ceiling"}
    demanded = alice.post(API, {"code": "PLN", "_example": {"attitude": "careful"}}, content_type=JSON)
    assert complaints(demanded) == {"_example.ceiling": "required"}
    assert stances(house) == [("careful", Decimal(5), "")]


def test_form_fields_on_the_page(house: House, alice: Client, euro: UUID) -> None:
    with reading(house.scope()):
        row = form_of(_currency(euro))
    page = alice.get(f"{LIST}{euro}/change/").content.decode()
    assert "What the desk thinks of it" in page
    saved = alice.post(f"{LIST}{euro}/change/", {**row, "example__attitude": "closed", "example__ceiling": "7"})
    assert saved.status_code == 302
    assert stances(house) == [("closed", None, "")]  # a ceiling has no place beside a closed currency


def _currency(currency_id: UUID) -> Any:
    from apps.currencies.models import Currency

    return Currency.objects.get(pk=currency_id)


def test_a_stance_goes_with_its_currency_and_a_reminder_stays(house: House, alice: Client, euro: UUID) -> None:
    say(house, euro, attitude="open", remark="Fine.")
    make_reminder(house, currency_id=euro)
    gone = alice.delete(f"{API}{euro}/")
    assert (gone.status_code, stances(house)) == (204, [])
    with reading(house.scope()):
        assert Reminder.objects.get().currency_id is None
    undo = f"/api/audit_logs/actions/{gone.headers['X-Action-Id']}/undo/"
    assert alice.post(undo, {}, content_type=JSON).status_code == 200
    assert stances(house) == [("open", None, "Fine.")]
    with reading(house.scope()):
        assert Reminder.objects.get().currency_id == euro


def test_column_filter_and_title_of_the_list(house: House, alice: Client, euro: UUID) -> None:
    say(house, euro, attitude="careful", ceiling=Decimal(1))
    page = alice.get(LIST).content.decode()
    assert "Currencies and what the desk thinks of them" in page
    assert ">Stance<" in page.replace("\n", "").replace("  ", "")
    assert "Careful" in page
    kept = alice.get(LIST, {"example-attitude": "careful"})
    assert [row.code for row in kept.context["cl"].result_list] == ["EUR"]


def test_widgets_badge_tab_and_links_on_the_record(house: House, alice: Client, euro: UUID) -> None:
    say(house, euro, attitude="closed")
    reminder = make_reminder(house, title="Look at its rate", currency_id=euro)
    page = alice.get(f"{LIST}{euro}/change/").content.decode()
    assert '<span class="ag-badge ag-badge--bad">Closed</span>' in page
    assert f'<a href="/backend/example/reminder/{reminder.pk}/change/">Look at its rate</a>' in page
    assert f'currency_id__in={euro}">Reminders</a>' in page
    assert 'data-menu-item="example.own_reminders"' in page
    start = alice.get("/backend/").content.decode()
    assert "Look at its rate" in start
    listed = alice.get("/backend/example/reminder/", {"currency_id__in": str(euro)})
    assert [row.title for row in listed.context["cl"].result_list] == ["Look at its rate"]


def test_a_row_action_runs_a_command_and_a_bulk_action_leads(house: House, alice: Client, euro: UUID) -> None:
    pressed = alice.post(f"{LIST}{euro}/do/example-remind/", {"title": "Buy some"})
    assert pressed.status_code == 302
    with reading(house.scope()):
        assert list(Reminder.objects.values_list("title", "currency_id")) == [("Buy some", euro)]
    chosen = alice.post(LIST, {"action": "example-reminders", "_selected_action": [str(euro)]})
    assert chosen.headers["Location"] == f"/backend/example/reminder/?currency_id__in={euro}"


def test_an_interceptor_tidies_names(alice: Client, euro: UUID) -> None:
    changed = alice.patch(f"{API}{euro}/", {"name": "  The   common  Euro "}, content_type=JSON)
    assert changed.json()["name"] == "The common Euro"


def test_a_guard_keeps_closed_currencies_from_becoming_the_base(house: House, alice: Client, euro: UUID) -> None:
    say(house, euro, attitude="closed")
    refused = alice.post(f"{API}{euro}/set_base/", {}, content_type=JSON)
    assert (refused.status_code, refused.json()["code"]) == (409, "example.stance.closed")
    say(house, euro, attitude="open")
    assert alice.post(f"{API}{euro}/set_base/", {}, content_type=JSON).status_code == 200


@pytest.mark.committed
def test_a_subscriber_reminds_of_what_came_back(house: House, alice: Client, euro: UUID) -> None:
    gone = alice.delete(f"{API}{euro}/")
    undo = f"/api/audit_logs/actions/{gone.headers['X-Action-Id']}/undo/"
    assert alice.post(undo, {}, content_type=JSON).status_code == 200
    run_all()
    with reading(house.scope()):
        found = list(Reminder.objects.values_list("title", "currency_id"))
    assert found == [("This currency came back: is it meant to be used?", euro)]


def test_a_hook_handler_has_its_say() -> None:
    assert judged(Stance(Attitude.CAREFUL, Decimal(0))) == Stance(Attitude.CLOSED, Decimal(0))
    assert judged(Stance(Attitude.CAREFUL, Decimal(1))) == Stance(Attitude.CAREFUL, Decimal(1))


def test_the_settings_put_another_book_in_the_place_of_its_service(house: House, euro: UUID) -> None:
    from django.apps import apps

    config = apps.get_app_config("example")
    assert isinstance(config, ExampleConfig)
    with override_settings(SERVICE_OVERRIDES={"example.stances": "apps.example.selectors.CarefulStanceBook"}):
        config.ready()
    assert isinstance(service(StanceBook), CarefulStanceBook)
    with reading(house.scope()):
        assert service(StanceBook).stances([euro]) == {euro: Stance(Attitude.CAREFUL)}
    config.ready()
    assert isinstance(service(StanceBook), StoredStanceBook)


def test_it_can_be_switched_off_piece_by_piece(house: House, alice: Client, euro: UUID) -> None:
    say(house, euro, attitude="closed")
    pieces = ["example.stance", "example.stance_badge", "example.stance_fields", "example.closed_currencies"]
    with override_settings(EXTENSIONS_DISABLED=pieces):
        page = alice.get(f"{LIST}{euro}/change/").content.decode()
        assert alice.get(f"{API}{euro}/").json()["_example"] == {"open_reminders": 0}
        assert alice.post(f"{API}{euro}/set_base/", {}, content_type=JSON).status_code == 200
    assert 'class="ag-badges"' not in page
    assert "example__attitude" not in page


def test_who_holds_nothing_of_it_meets_only_its_rules(house: House, euro: UUID) -> None:
    bob = client_of(member(house, "currencies.*"), organization=house.root)
    say(house, euro, attitude="closed")
    page = bob.get(f"{LIST}{euro}/change/").content.decode()
    assert [
        word for word in ('class="ag-badges"', "example__attitude", "example-remind", "Reminders") if word in page
    ] == []
    assert "_example" not in bob.get(f"{API}{euro}/").json()
    assert bob.post(f"{API}{euro}/set_base/", {}, content_type=JSON).status_code == 409


def test_another_tenants_stance_is_as_good_as_none(house: House, other_house: House, alice: Client) -> None:
    foreign = make_currency(other_house, "EUR").pk
    say(other_house, foreign, attitude="closed")
    assert alice.get(f"{API}{foreign}/").status_code == 404
    assert stances(house) == []
    with reading(house.scope()):
        assert service(StanceBook).stances([foreign]) == {}


def test_the_list_costs_a_fixed_number_of_queries(house: House, alice: Client, euro: UUID) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert alice.get(LIST).status_code == 200
        return len(queries)

    cost()
    few = cost()
    for code in ("PLN", "CHF", "GBP", "SEK"):
        currency = make_currency(house, code)
        say(house, currency.pk, attitude="open")
    assert cost() == few


def test_demonstrations_and_the_command_line(house: House, euro: UUID) -> None:
    with using_scope(house.scope()):
        seed_examples(house.scope())
        seed_examples(house.scope())
    text = StringIO()
    call_command("reminders", str(house.tenant.pk), stdout=text)
    assert text.getvalue() == "Ask the treasurer about the ceiling\n"


def test_it_passes_the_checks() -> None:
    assert check_extensions(None) == []
    said = StringIO()
    with suppress(SystemExit):  # the tests' own module lacks files
        call_command("modules", "check", stdout=said, stderr=said)
    assert "example" not in said.getvalue()
