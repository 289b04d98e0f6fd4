"""An e-mail address is encrypted in its row, and the history keeps it nowhere in the clear."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.kernel.commands.models import Action
from tests.auth.factories import MANAGING, make_user, reading_in
from tests.directory.callers import client_of, member, send
from tests.support.scopes import House

USERS = "/api/auth/users/"
ADDRESS = "quite.unusual@example.org"


@pytest.fixture
def manager(house: House) -> Client:
    return client_of(member(house, *MANAGING, name="Manager"))


def inputs(house: House) -> dict[str, Any]:
    """What the history keeps of each command's input."""
    with reading_in(house):
        return dict(Action.objects.values_list("command", "input"))


def exported(client: Client, **query: str) -> str:
    answer: Any = client.get(USERS, {"format": "csv", "fields": "name", **query})
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode()


def test_an_order_for_many_keeps_no_address(house: House, manager: Client) -> None:
    user = make_user(house, name="Ada")
    body = {"action": "update", "ids": [str(user.pk)], "changes": {"email": ADDRESS, "name": "Ada L"}}
    assert send(manager, "post", f"{USERS}bulk/", body).status_code == 200
    kept = inputs(house)
    assert "unusual" not in str(kept)
    assert kept["kernel.record.bulk"] == {
        "command": "auth.user.update",
        "ids": [str(user.pk)],
        "changes": {"email": "[redacted]", "name": "Ada L"},
    }


def test_a_file_of_one_address_keeps_no_address(house: House, manager: Client) -> None:
    make_user(house, name="Ada", email=ADDRESS)
    assert exported(manager, email=ADDRESS, is_active="true").split() == ["name", "Ada"]
    kept = inputs(house)
    assert "unusual" not in str(kept)
    assert kept["kernel.list.export"]["address"] == f"{USERS}?format=csv&fields=name&email=[redacted]&is_active=true"


def test_a_file_in_a_job_keeps_no_address(house: House, manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.kernel.api.exporting.answers.AT_ONCE", 0)
    make_user(house, name="Ada", email=ADDRESS)
    assert manager.get(USERS, {"format": "csv", "email": ADDRESS}).status_code == 202
    kept = inputs(house)
    assert "unusual" not in str(kept)
    assert set(kept["kernel.list.start_export"]) == {"entity", "form", "address"}
