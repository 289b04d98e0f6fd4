"""Uploads and files through the servers that the house runs with, WSGI and ASGI."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from apps.auth.models import User
from tests.attachments import factories as made
from tests.attachments.factories import LIST, currency
from tests.directory.callers import client_of
from tests.kernel.web_servers import Server, granian
from tests.support.scopes import House

pytestmark = [pytest.mark.processes, pytest.mark.committed]

MEGABYTE = 1024 * 1024


def caller(house: House, user: User, server: Server) -> httpx.Client:
    """Bob, by his session, at the running server."""
    session = client_of(user, organization=house.north)
    cookies = {name: morsel.value for name, morsel in session.cookies.items()} | {"agora_csrf": "a" * 32}
    headers = {"X-Organization-Id": str(house.north.pk), "X-CSRFToken": "a" * 32}
    address = f"http://127.0.0.1:{server.port}"
    return httpx.Client(base_url=address, cookies=cookies, headers=headers, timeout=60)


@pytest.mark.parametrize("interface", ["wsgi", "asgi"])
def test_a_large_file_comes_in_and_goes_out(house: House, bob: User, interface: str, tmp_path: Path) -> None:
    record = currency(house)
    fields = {"entity": made.ENTITY, "record_id": str(record.pk)}
    storage = f"file://{tmp_path}"
    with granian(interface=interface, AGORA_STORAGE_URL=storage) as server, caller(house, bob, server) as client:
        answer = client.post(LIST, data=fields, files={"file": ("large.bin", b"\0" * (25 * MEGABYTE))})
        assert answer.status_code == 201, answer.text
        link = client.get(f"{LIST}{answer.json()['id']}/").json()["links"]["file"]
        fetched = client.get(link)
        assert (fetched.status_code, len(fetched.content)) == (200, 25 * MEGABYTE)
        part = client.get(link, headers={"Range": "bytes=100-199"})
        assert (part.status_code, part.headers["Content-Length"]) == (206, "100")
        large: Any = client.post(LIST, data=fields, files={"file": ("large.bin", b"\0" * (26 * MEGABYTE))})
        assert (large.status_code, large.json()["code"]) == (413, "attachments.file.too_large")
        assert client.get(LIST).json()["count"] == 1
