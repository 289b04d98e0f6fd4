"""`manage.py create_api_key`."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from apps.auth.models import ApiKey
from apps.auth.services.key_secrets import is_key
from apps.kernel.commands.models import Action
from tests.auth.factories import make_role, reading_in
from tests.auth.programs import program
from tests.support.scopes import House

CURRENCIES = "/api/currencies/currencies/"


def told(*arguments: str) -> str:
    out = StringIO()
    call_command("create_api_key", *arguments, stdout=out)
    return out.getvalue()


def test_a_key_is_printed_once_and_works(house: House) -> None:
    make_role(house, "currencies.view", name="Sales")
    text = told(
        *("Shop", "--tenant", house.root.slug, "--role", "Sales", "--feature", "auth.users.view"),
        *("--organization", str(house.north.pk), "--organization", str(house.south.pk)),
        *("--address", "127.0.0.1", "--per-minute", "90", "--expires", "2090-01-31"),
    )
    [line] = [line for line in text.splitlines() if line.startswith("Key")]
    secret = line.rpartition(" ")[2]
    assert is_key(secret)
    assert text.count(secret) == 1
    assert program(secret).get(CURRENCIES).status_code == 200
    with reading_in(house):
        key = ApiKey.objects.get()
        action = Action.objects.get(command="auth.api_key.create")
    assert (key.features, key.addresses, key.per_minute) == (["auth.users.view"], ["127.0.0.1/32"], 90)
    assert key.organization_ids == sorted([house.north.pk, house.south.pk])
    assert (key.expires_at, key.created_by_id) == (datetime(2090, 1, 31, tzinfo=UTC), None)
    assert action.actor_kind == "system"


def test_without_organizations_a_key_reaches_what_its_roles_reach(house: House) -> None:
    told("Shop", "--tenant", str(house.tenant.pk))
    with reading_in(house):
        assert ApiKey.objects.get().organization_ids is None


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--role", "Sales"], "There is no role Sales"),
        (["--feature", "no.such"], "features: There is no permission no.such"),
        (["--address", "x"], "addresses: x is no address"),
        (["--expires", "2020-01-01"], "expires_at: The end must lie in the future"),
        (["--expires", "soon"], "soon is no moment"),
    ],
)
def test_a_refusal_is_told_in_a_sentence(arguments: list[str], complaint: str, house: House) -> None:
    with pytest.raises(CommandError, match=complaint):
        told("Shop", "--tenant", str(house.tenant.pk), *arguments)
    with reading_in(house):
        assert not ApiKey.objects.exists()
