"""Management commands of the module."""

from __future__ import annotations

from io import StringIO
from uuid import uuid4

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from apps.auth.models import User, UserRole
from apps.kernel.registry.features import FEATURES
from apps.kernel.tenancy.models import PlatformAdmin
from apps.kernel.tenancy.switching import is_platform_admin
from tests.auth.factories import PASSWORD, make_role, make_user, reading_in
from tests.support.scopes import House

ADDRESS = "ada@example.org"


def told(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def password_in(text: str) -> str:
    [line] = [line for line in text.splitlines() if line.startswith("Password")]
    return line.rpartition(" ")[2]


def test_a_created_user_logs_in_with_the_password_that_was_printed(house: House) -> None:
    make_role(house, name="Sales")
    text = told("create_user", ADDRESS, "--tenant", house.root.slug, "--name", "Ada", "--role", "Sales")
    user = authenticate(None, email=ADDRESS, password=password_in(text))
    assert isinstance(user, User)
    assert text.count(password_in(text)) == 1
    with reading_in(house):
        assert UserRole.objects.filter(user_id=user.pk).count() == 1


@pytest.mark.parametrize("option", [["--tenant", "nowhere"], ["--tenant", str(uuid4())]])
def test_an_unknown_tenant_is_told(option: list[str], house: House) -> None:
    with pytest.raises(CommandError, match="There is no tenant"):
        told("create_user", ADDRESS, "--name", "Ada", *option)


def test_an_unknown_role_is_told_and_nobody_is_created(house: House) -> None:
    with pytest.raises(CommandError, match="There is no role Sales"):
        told("create_user", ADDRESS, "--tenant", str(house.tenant.pk), "--name", "Ada", "--role", "Sales")
    with reading_in(house):
        assert not User.objects.exists()


def test_a_refusal_is_told_in_a_sentence(house: House) -> None:
    with pytest.raises(CommandError, match="email: Enter a valid e-mail address"):
        told("create_user", "nonsense", "--tenant", str(house.tenant.pk), "--name", "Ada")


def test_a_set_password_replaces_the_former(house: House) -> None:
    user = make_user(house, email=ADDRESS)
    text = told("set_password", ADDRESS, "--tenant", str(house.tenant.pk))
    assert authenticate(None, email=ADDRESS, password=password_in(text)) == user
    assert authenticate(None, email=ADDRESS, password=PASSWORD) is None


def test_synchronizing_tells_what_is_new(house: House) -> None:
    make_role(house)
    text = told("sync_role_features")
    assert text.startswith(f"{house.tenant.pk}: Super admin: ")
    assert text.count("auth.*") == 2
    assert told("sync_role_features", "--tenant", str(house.tenant.pk)) == f"{house.tenant.pk}: nothing new\n"


def test_features_are_listed_by_module(database: None) -> None:
    lines = told("list_features", "--module", "auth").splitlines()
    assert len(lines) == sum(item.module == "auth" for item in FEATURES.values())
    assert "auth.users.view  See users" in lines


@pytest.mark.committed
def test_platform_admins_are_added_listed_and_removed(house: House) -> None:
    user = make_user(house, email=ADDRESS)
    told("platform_admin", "add", ADDRESS, "--tenant", str(house.tenant.pk), "--note", "on call")
    assert is_platform_admin(user.pk)
    assert f"{user.pk}" in told("platform_admin", "list")
    told("platform_admin", "remove", str(user.pk))
    assert not PlatformAdmin.objects.exists()
