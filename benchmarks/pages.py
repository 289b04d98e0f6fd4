"""Pages of the back office on the demonstration's data: server time and statements of each, the worst first."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse

from apps.auth.models import User
from apps.backoffice.site import site
from apps.directory.management.demo_data import COMPANIES
from apps.directory.models import Tenant
from apps.kernel.admin.registration import OWN_PAGES
from apps.kernel.tenancy.scope import Scope, system_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.search.selectors.kinds import installed_kinds
from apps.search.services.rebuilding import rebuild, start_here
from benchmarks.counting import queries
from benchmarks.figures import Figure
from benchmarks.options import Options
from benchmarks.timing import milliseconds, take_turns
from config.collecting import settle

MOST_MS, MOST_QUERIES = 200, 12
ROUNDS, FEWEST, WARM_UP, SPENT = 50, 5, 1, 3
FRAME = "/backend/nowhere/"  # a refusal: the frame and one sentence in it
PALETTE = ("/backend/palette/", "/backend/search/?s=eur", "/api/search/palette/?q=eur")
PLAIN = {"SECURE_SSL_REDIRECT": False, "ALLOWED_HOSTS": ["*"], "RATE_LIMITS": {"*": "off"}}


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its address, what kind of page it is, and the status that it answers with."""

    address: str
    kind: str
    status: int = 200


def run(options: Options) -> Iterator[Figure]:
    """Measure in this process, settled as those that serve are, through every middleware, by the wall's rules."""
    call_command("seed_demo", stdout=io.StringIO())
    scope, user = _owner()
    _index(scope)
    settle()
    with override_settings(**PLAIN, STORAGES=_plain_files()):
        client = Client()
        client.force_login(user, backend="apps.auth.backends.StaffBackend")
        pages = list(_pages(scope))
        counts = {page: _count(client, page) for page in pages}
        spent = {page: _spent(client, page) for page in pages}
        readings = {page.address: milliseconds(partial(_open, client, page)) for page in pages}
        taken = take_turns(readings, rounds=max(FEWEST, options.size(ROUNDS)), warm_up=WARM_UP)
    frame = taken[FRAME]
    pages.sort(key=lambda page: -taken[page.address].p95)
    for page in pages:
        cost = f"p50 {taken[page.address].median:.1f} ms, {spent[page]:.0f} ms of processor, {counts[page]} queries"
        yield _figure(page, taken[page.address].p95, frame.p95, counts[page], cost)


def _figure(page: Page, p95: float, frame: float, count: int, cost: str) -> Figure:
    is_list = page.kind == "list"
    return Figure(
        f"{_short(page.address)} ({page.kind}): {cost}, p95",
        p95,
        baseline=frame,
        against="the p95 of a page with the frame and one sentence",
        target=f"< {MOST_MS} ms" + (f", ≤ {MOST_QUERIES} queries" if is_list else ""),
        met=p95 < MOST_MS and (not is_list or count <= MOST_QUERIES),
    )


def _short(address: str) -> str:
    """The address with the ids cut short."""
    return "/".join(part[:8] + "…" if len(part) == 36 else part for part in address.split("/"))


def _owner() -> tuple[Scope, User]:
    """The first company's first user, and a scope that sees what they see."""
    tenant = Tenant.objects.get(slug=COMPANIES[0].slug)
    with system_scope(tenant.pk, "a probe of the benchmarks") as scope, scoped_transaction():
        return scope, User.objects.get(email=COMPANIES[0].people[0].email)


def _index(scope: Scope) -> None:
    with using_scope(scope):
        for entity in installed_kinds():
            rebuild(start_here(entity), lambda _index: None)


def _plain_files() -> dict[str, Any]:
    return {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def _pages(scope: Scope) -> Iterator[Page]:
    yield Page(FRAME, "frame", 404)
    yield Page("/backend/", "start")
    yield from (Page(address, "palette") for address in PALETTE)
    yield from (Page(reverse(f"admin:{declared.name}"), "own page") for declared, _view in OWN_PAGES.values())
    for model, page in site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield Page(reverse(f"{name}_changelist"), "list")
        yield from _record_pages(scope, name, model, page)


def _record_pages(scope: Scope, name: str, model: Any, page: Any) -> Iterator[Page]:
    if page.create_command is not None:
        yield Page(reverse(f"{name}_add"), "add")
    with using_scope(scope), scoped_transaction():
        first = model._default_manager.order_by("pk").values_list("pk", flat=True).first()
    if first is None:
        return
    yield Page(reverse(f"{name}_change", args=[first]), "record")
    if model._meta.label != "kernel.Action":
        yield Page(reverse(f"{name}_history", args=[first]), "history")


def _count(client: Client, page: Page) -> int:
    _open(client, page)
    return queries(partial(_open, client, page))


def _spent(client: Client, page: Page) -> float:
    """Milliseconds of this process's own work for one answer, which other load on the machine does not lengthen."""
    began = time.process_time()
    for _ in range(SPENT):
        _open(client, page)
    return (time.process_time() - began) * 1_000 / SPENT


def _open(client: Client, page: Page) -> None:
    answer = client.get(page.address)
    assert answer.status_code in {page.status, 403, 404, 302}, (answer.status_code, page.address)
