"""Live streams: five hundred clients of one process, from the commit of a change until each has heard of it."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec

from apps.auth.models import Session
from apps.auth.tokens import new_access_token
from apps.currencies.services import create_currency, update_currency
from apps.kernel import clock
from apps.kernel.crypto.tokens import token_digest
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.sweeper import sweep
from benchmarks.figures import Figure
from benchmarks.options import Options
from benchmarks.timing import Samples
from benchmarks.web import Served, asgi_server
from tests.auth.factories import make_role, make_user
from tests.support.scopes import House, make_house

FEW, MANY = 10, 500
OF_ONE = 10  # streams of one user
EVENTS, PAUSE = 50, 0.2  # so many changes, so many seconds apart
PATIENCE = 60.0


@dataclass
class Crowd:
    """What all clients together have heard: when each heard of which version."""

    heard: defaultdict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    open: int = 0

    @property
    def number(self) -> int:
        """How many events came, counted at each client."""
        return sum(map(len, self.heard.values()))


def run(options: Options) -> Iterator[Figure]:
    """Have few clients listen, then many, to the same changes."""
    house = make_house("Benchmark")
    tokens = _tokens(house, MANY // OF_ONE)
    with using_scope(house.scope()):
        currency = create_currency(code="EUR").pk
    events = EVENTS if options.full else EVENTS // 2
    with asgi_server() as served:
        memory = _megabytes(served)
        few, _ = asyncio.run(_measured(served, house, currency, tokens, clients=FEW, events=events))
        many, largest = asyncio.run(_measured(served, house, currency, tokens, clients=MANY, events=events))
    expected = MANY * events
    yield Figure(
        f"events heard by {MANY} clients of one process",
        len(many.readings),
        "events",
        target=f"all {expected:,}",
        met=len(many.readings) == expected,
        note=f"{events} changes of one record, {1 / PAUSE:.0f} a second, in one tenant, {OF_ONE} streams a user",
    )
    against = f"the same with {FEW} clients"
    yield Figure(f"commit until a client has heard, {MANY} clients", many.median, "ms", few.median, against)
    yield Figure(f"the same, p95, {MANY} clients", many.p95, "ms", few.p95, f"{against}, p95")
    yield Figure(
        f"memory of the process with {MANY} clients",
        largest,
        "MB",
        baseline=memory,
        against="the same process before the first",
        target="< 250 MB",
        met=largest < 250,
        note="worker and beat run in it as well, because the benchmark has no broker",
    )


def _tokens(house: House, number: int) -> list[str]:
    role = make_role(house, "currencies.*")
    return [_token(house, make_user(house, name=f"User {item}", roles=(role,)).pk) for item in range(number)]


def _token(house: House, user_id: UUID) -> str:
    with using_scope(house.scope()), scoped_transaction():
        session = Session(digest=token_digest(user_id.hex), user_id=user_id)
        session.expires_at = clock.now() + timedelta(hours=1)
        session.save(force_insert=True)
    return new_access_token(session)


async def _measured(
    served: Served, house: House, currency: UUID, tokens: list[str], *, clients: int, events: int
) -> tuple[Samples, float]:
    """How long each event took to each client, in milliseconds, and the memory of the process at the end."""
    crowd = Crowd()
    listeners = [
        asyncio.create_task(_listen(served.port, tokens[number % len(tokens)], crowd)) for number in range(clients)
    ]
    await _until(lambda: crowd.open == clients)
    committed = {}
    for number in range(events):
        version, at = await asyncio.to_thread(_change, house, currency, f"Name {number}")
        committed[version] = at
        await asyncio.sleep(PAUSE)
    with suppress(TimeoutError):
        await _until(lambda: crowd.number >= clients * events)
    memory = _megabytes(served)
    for task in listeners:
        task.cancel()
    await asyncio.gather(*listeners, return_exceptions=True)
    taken = [1_000 * (at - committed[version]) for version, heard in crowd.heard.items() for at in heard]
    return Samples(tuple(sorted(taken))), memory


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.02)


def _change(house: House, currency: UUID, name: str) -> tuple[int, float]:
    """Change the record and have the relay tell; its version, and when the change was committed."""
    with using_scope(house.scope()):
        version = update_currency(currency, name=name).version
    at = time.perf_counter()
    sweep("relay")
    return version, at


async def _listen(port: int, token: str, crowd: Crowd) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    lines = ["GET /api/events/stream HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {token}", "", ""]
    writer.write("\r\n".join(lines).encode())
    try:
        status = await reader.readline()
        assert b" 200 " in status, status
        await reader.readuntil(b"\nid: ")
        crowd.open += 1
        async for line in reader:
            if line.startswith(b"data: ") and (version := _version(line)) is not None:
                crowd.heard[version].append(time.perf_counter())
    finally:
        writer.close()


def _version(line: bytes) -> int | None:
    payload = msgspec.json.decode(line[6:]).get("payload", {})
    version: int | None = payload.get("version")
    return version


def _megabytes(served: Served) -> float:
    """Resident memory of the server's processes that serve."""
    return sum(_resident(child) for child in _children(served.process_id))


def _children(process: int) -> list[int]:
    found = [(task / "children").read_text().split() for task in Path(f"/proc/{process}/task").iterdir()]
    return [int(child) for children in found for child in children]


def _resident(process: int) -> float:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
