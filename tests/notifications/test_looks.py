"""Mail pages and mails in a real browser: readable and usable at a desk and on a phone, in light and dark."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from apps.kernel.work.outcomes import Outcome
from apps.kernel.work.sweeper import sweep
from apps.notifications.models import Mail
from tests.browser.conftest import DESKTOP, PHONE, Desk, chromium, desk, server, shoot  # noqa: F401 - fixtures
from tests.browser.judging import faults_of
from tests.notifications.letters import make_one_time, queue, queue_secret, use
from tests.notifications.smtp_server import mail_server
from tests.support.scopes import House

pytestmark = [pytest.mark.browser, pytest.mark.committed]
LIST = "/backend/notifications/mail/"
LOOKS = [
    pytest.param(DESKTOP, False, id="desktop"),
    pytest.param(DESKTOP, True, id="desktop-dark"),
    pytest.param(PHONE, False, id="phone"),
    pytest.param(PHONE, True, id="phone-dark"),
]
LONG = {"name": "Wolfeschlegelsteinhausenbergerdorff " * 3, "address": "/welcome?token=" + "x" * 120}


def some_mails(house: House, settings: Any, folder: Path) -> dict[str, Mail]:
    """One mail of each kind: sent, failed, secret, waiting."""
    make_one_time()
    use(settings, f"file://{folder}", MAIL_FILES_SHOWN=True)
    mails = {"sent": queue(house), "secret": queue_secret(house)}
    assert sweep() == {Outcome.DONE: 2}
    with mail_server(answers={"RCPT": "550 5.1.1 no"}) as refusing:
        use(settings, refusing.url)
        mails["failed"] = queue(house, context=LONG)
        assert sweep() == {Outcome.PARKED: 1}
    use(settings, f"file://{folder}")
    mails["waiting"] = queue(house)
    return mails


def see(page: Page, address: str, name: str, look: str) -> list[str]:
    """Open, take a picture and judge."""
    answer = page.goto(address)
    shoot(page, f"mail-{name}-{look}")
    wrong = [] if answer is not None and answer.status == 200 else [f"{name}: {answer and answer.status}"]
    return wrong + faults_of(page, name)


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_pages_of_mails(  # noqa: PLR0917 - a fixture each
    house: House,
    settings: Any,
    tmp_path: Path,
    desk: Callable[..., Desk],  # noqa: F811
    size: tuple[int, int],
    dark: bool,
    request: pytest.FixtureRequest,
) -> None:
    alice, look = desk("*"), request.node.callspec.id
    page = alice.page(size=size, dark=dark)
    faults = see(page, LIST, "list-empty", look)
    mails = some_mails(house, settings, tmp_path)
    faults += see(page, LIST, "list", look)
    for name, mail in mails.items():
        faults += see(page, f"{LIST}{mail.pk}/change/", name, look)
    faults += see(page, f"{LIST}{mails['failed'].pk}/do/retry/", "retry", look)
    faults += see(page, f"{LIST}files/", "files", look)
    for name in ("sent", "failed"):
        faults += see(page, f"{LIST}{mails[name].pk}/page/", f"page-{name}", look)
    assert not faults, "\n".join(faults)
    assert [item for item in alice.complaints if "404" not in item] == []  # no favicon
