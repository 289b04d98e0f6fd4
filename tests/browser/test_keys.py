"""Pages of API keys in a real browser: the secret is copied once, and every page can be read by everybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from apps.auth.services.keys import revoke_api_key
from apps.auth.services.users import update_user
from apps.kernel import clock
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import make_role, make_user, system
from tests.auth.programs import MANAGES, key_of, make_key
from tests.browser.conftest import DESKTOP, PHONE, Desk, shoot
from tests.browser.judging import faults_of
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
Seat = Callable[..., Desk]

LIST = "/backend/auth/apikey/"
SECRET = re.compile(r"mk_[0-9A-Za-z]{8}\.[0-9A-Za-z]{48}")
LOOKS = [pytest.param(DESKTOP, False, id="desk"), pytest.param(PHONE, True, id="phone")]


def judged(page: Page, name: str, faults: list[str]) -> None:
    shoot(page, name)
    faults += faults_of(page, name)


def some_keys(house: House) -> str:
    """Keys of every state; the id of the first."""
    role = make_role(house, "currencies.view", name="Currencies, read only")
    end = clock.now() + timedelta(days=90)
    first = make_key(house, name="Web shop", roles=[role.pk], organization_ids=[house.north.pk], expires_at=end).key
    make_key(house, "currencies.*", name="Warehouse scanners", addresses=["203.0.113.0/24", "2001:db8::/32"])
    owner = make_user(house, name="Bob Gone", roles=(make_role(house, *MANAGES),), home_organization_id=house.root.pk)
    key_of(house, owner, name="Bob's spreadsheet")
    with using_scope(system(house)):
        revoke_api_key(make_key(house, name="Former till").key.pk)
        update_user(owner.pk, is_active=False)
    return str(first.pk)


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_every_page_of_keys(
    house: House, desk: Seat, size: tuple[int, int], dark: bool, request: pytest.FixtureRequest
) -> None:
    seat, faults, look = desk("*"), list[str](), request.node.callspec.id
    page = seat.page(size=size, dark=dark)
    page.goto(LIST)
    judged(page, f"keys-empty-{look}", faults)
    key_id = some_keys(house)
    for name, address in (
        ("list", ""),
        ("add", "add/"),
        ("key", f"{key_id}/change/"),
        ("revoke", f"{key_id}/do/revoke/"),
    ):
        page.goto(f"{LIST}{address}")
        judged(page, f"keys-{name}-{look}", faults)
    page.goto(f"{LIST}add/")
    page.get_by_label("Name").fill("Web shop 2")
    page.get_by_label("Addresses").fill("10.0.0.300")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("10.0.0.300 is no address and no network.")).to_be_visible()
    judged(page, f"keys-wrong-{look}", faults)
    page.get_by_label("Addresses").fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(SECRET)).to_be_visible()
    judged(page, f"keys-secret-{look}", faults)
    page.goto(f"{LIST}{key_id}/do/rotate/")
    judged(page, f"keys-rotate-{look}", faults)
    assert not faults, "\n".join(faults)
    assert [item for item in seat.complaints if "40" not in item] == []  # the browser asks for an icon


def test_a_secret_is_copied_with_one_key_and_gone_on_the_next_page(house: House, desk: Seat) -> None:
    page = desk("*").page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{LIST}add/")
    page.get_by_label("Name").fill("Web shop")
    page.keyboard.press("Enter")
    secret = page.get_by_text(SECRET).text_content()
    page.get_by_role("button", name="Copy").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()") == secret
    page.get_by_role("link", name="I have it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Web shop")
    assert SECRET.search(page.content()) is None


def test_where_the_clipboard_is_closed_the_secret_is_marked(house: House, desk: Seat) -> None:
    page = desk("*").page()
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(f"{LIST}add/")
    page.get_by_label("Name").fill("Web shop")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Copy").click()
    assert page.evaluate("() => getSelection().toString()") == page.get_by_text(SECRET).text_content()
