"""A real browser on a real server: Chromium through Playwright, the site in a thread on a free port."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test import Client
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from apps.auth.models import User
from tests.auth.factories import make_role, make_user
from tests.support.scopes import House

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESKTOP, PHONE = (1280, 800), (390, 844)
BACKEND = "apps.auth.backends.StaffBackend"


@pytest.fixture(scope="module")  # two at once in one process are refused
def chromium() -> Iterator[Browser]:
    """The browser of this folder's tests; skipped where none is installed."""
    path = os.environ.get("AGORA_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("there is no Chromium here")
    # Playwright runs an event loop in this thread, which Django takes for a reason to refuse the database, and
    # beside which it keeps other connections: those from before would outlive the database that they are for.
    connections.close_all()
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def server(house: House) -> Iterator[str]:
    """Address of the site. The rows of the test are committed, so that the server's thread sees them."""
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()


@dataclass
class Desk:
    """Somebody at a browser: opens pages of any size and colours."""

    browser: Browser
    server: str
    user: User | None
    contexts: list[BrowserContext]
    complaints: list[str]

    def page(self, *, size: tuple[int, int] = DESKTOP, dark: bool = False, scripts: bool = True) -> Page:
        """A fresh tab; what the browser's console complains of is kept in `complaints`."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            base_url=self.server,
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        self.contexts.append(context)
        if self.user is not None:
            client = Client()
            client.force_login(self.user, backend=BACKEND)
            value = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.server}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda item: self.complaints.append(item.text) if item.type == "error" else None)
        return page


@pytest.fixture
def desk(chromium: Browser, server: str, house: House) -> Iterator[Callable[..., Desk]]:
    """Seat somebody with the given features (none: nobody is signed in)."""
    desks: list[Desk] = []

    def seat(*features: str, name: str = "Alice Example") -> Desk:
        role = make_role(house, *features) if features else None
        home = house.root.pk
        user = make_user(house, name=name, roles=(role,), home_organization_id=home) if role else None
        found = Desk(chromium, server, user, [], [])
        desks.append(found)
        return found

    yield seat
    for item in desks:
        for context in item.contexts:
            context.close()


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the whole page where AGORA_SHOTS names a folder; otherwise nothing."""
    if folder := os.environ.get("AGORA_SHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
