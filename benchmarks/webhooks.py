"""What the ledger costs for a hundred events, and how many requests a second one worker sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import perf_counter
from uuid import UUID

from django.db import transaction
from django.test.utils import override_settings

from apps.kernel import clock
from apps.kernel.eventbus.contexts import EventContext
from apps.kernel.eventbus.payloads import RecordChanged
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import current_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.sweeper import sweep
from apps.webhooks.services import create_webhook
from apps.webhooks.services.ledger import Happened, note_events
from benchmarks.counting import statements
from benchmarks.figures import Figure
from benchmarks.houses import ids, open_tenants, staff_scope
from benchmarks.options import Options
from benchmarks.timing import milliseconds, take_turns

EVENTS = 100
MANY = 10  # webhooks that all want each event
SENT = 1_000
ROUNDS, WARM_UP = 20, 2
NAME = "directory.organization.updated"


def run(options: Options) -> Iterator[Figure]:
    """Note events for none, one and ten webhooks, then send what one of them is for."""
    [tenant], [organization] = open_tenants(1), ids(1)
    scope = staff_scope(tenant, [organization])
    with near_receiver() as address, override_settings(DEBUG=True, OUTBOUND_ALLOW_PRIVATE=True):
        with using_scope(scope):
            bare = _noting(organization)
            for count in (1, MANY - 1):
                for _ in range(count):
                    create_webhook(name="Benchmark", url=address, event_patterns=[NAME])
                found = _noting(organization)
                name = f"{EVENTS} events noted for {1 if count == 1 else MANY} webhooks"
                yield Figure(name, found[0], baseline=bare[0], against="no webhook", note=f"{found[1]} statements")
        yield _sending(scope.tenant_id, organization, options.size(SENT))


def _noting(organization: UUID) -> tuple[float, int]:
    """Median of milliseconds, and statements."""

    def note() -> None:
        with scoped_transaction():
            note_events(_events(organization, EVENTS))
            transaction.set_rollback(True)

    samples = take_turns({"noting": milliseconds(note)}, rounds=ROUNDS, warm_up=WARM_UP)["noting"]
    return samples.median, len(statements(note))


def _events(organization: UUID, count: int) -> list[Happened]:
    scope, now = current_scope(), clock.now()
    return [
        (
            RecordChanged(uuid7(), ("name",), 2),
            EventContext(
                NAME, uuid7(), now, scope.actor, scope, organization, "directory.organization", uuid7(), uuid7()
            ),
        )
        for _ in range(count)
    ]


def _sending(tenant: UUID, organization: UUID, count: int) -> Figure:
    with using_scope(staff_scope(tenant, [organization])), scoped_transaction():
        note_events(_events(organization, count // MANY))
    began = perf_counter()
    sent = sum(sweep("webhooks", budget=600).values())
    return Figure(
        "requests a second of one worker", sent / (perf_counter() - began), unit="1/s", note=f"{sent} requests"
    )


class Taking(BaseHTTPRequestHandler):
    """Takes every message."""

    def do_POST(self) -> None:
        """Read it and say so."""
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Nothing."""


@contextmanager
def near_receiver() -> Iterator[str]:
    """The address of a receiver on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
