"""Users, roles and passwords: what the commands write, refuse and keep out of the history."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth import authenticate

from apps.auth.errors import RoleInUse, SystemRoleFixed, WeakPassword
from apps.auth.models import LoginState, Role, Session, User, UserAcl, UserRole
from apps.auth.services.devices import end_session
from apps.auth.services.passwords import rehash_password, set_password
from apps.auth.services.roles import create_role, delete_role, update_role
from apps.auth.services.users import create_user, delete_user, set_user_acl, set_user_roles, update_user
from apps.kernel.commands.errors import Duplicate
from apps.kernel.commands.invocation import invoked
from apps.kernel.commands.models import Action, RowImage
from apps.kernel.crypto.tokens import installation_digest
from apps.kernel.errors import FeatureRequired, InvalidInput, PlatformError, RowNotFound, StaleVersion
from apps.kernel.tenancy.models import CredentialIndex
from apps.kernel.tenancy.scope import using_scope
from tests.auth.factories import HASH, PASSWORD, acting_as, make_role, make_user, reading_in, signed_in, system
from tests.support.scopes import House

ADDRESS = "ada@example.org"


def fields_of(refused: pytest.ExceptionInfo[PlatformError]) -> list[str]:
    return [item.field for item in refused.value.errors]


def test_a_new_user_can_log_in(house: House) -> None:
    with using_scope(system(house)):
        user = create_user(email="Ada@Example.org", name="Ada", password=PASSWORD)
    assert authenticate(None, email=ADDRESS, password=PASSWORD) == user
    assert CredentialIndex.objects.get(kind="email", subject_id=user.pk).digest == installation_digest(ADDRESS)


def test_a_new_user_without_password_cannot_log_in(house: House) -> None:
    with using_scope(system(house)):
        create_user(email=ADDRESS, name="Ada")
    assert authenticate(None, email=ADDRESS, password="") is None


def test_a_changed_address_logs_in_and_the_old_one_does_not(house: House) -> None:
    user = make_user(house, email=ADDRESS)
    with using_scope(system(house)):
        update_user(user.pk, email="countess@example.org")
    assert authenticate(None, email="countess@example.org", password=PASSWORD) == user
    assert authenticate(None, email=ADDRESS, password=PASSWORD) is None


def test_an_address_is_free_after_deletion(house: House) -> None:
    with using_scope(system(house)):
        first = create_user(email=ADDRESS, name="Ada")
        delete_user(first.pk)
        assert create_user(email=ADDRESS, name="Ada again").pk != first.pk


@pytest.mark.parametrize("email", [ADDRESS, "ADA@EXAMPLE.ORG"])
def test_an_address_works_once_in_a_tenant(email: str, house: House) -> None:
    make_user(house, email=ADDRESS)
    with using_scope(system(house)), pytest.raises(Duplicate) as refused:
        create_user(email=email, name="Ada")
    assert fields_of(refused) == ["email"]


def test_an_address_may_work_in_two_tenants(house: House, other_house: House) -> None:
    make_user(house, email=ADDRESS)
    with using_scope(system(other_house)):
        assert create_user(email=ADDRESS, name="Ada").tenant_id == other_house.tenant.pk


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "\ud800@example.org", "a\x00@example.org"])
def test_what_is_no_address_is_refused(email: str, house: House) -> None:
    with using_scope(system(house)), pytest.raises(InvalidInput) as refused:
        create_user(email=email, name="Ada")
    assert fields_of(refused) == ["email"]


def test_every_bad_value_is_named_at_once(house: House) -> None:
    with using_scope(system(house)), pytest.raises(InvalidInput) as refused:
        create_user(email="nonsense", name="", locale="xx", time_zone="Mars/Base", password="short")
    assert fields_of(refused) == ["name", "locale", "time_zone", "email", "password"]


@pytest.mark.parametrize(
    "password", ["short", "x" * 129, "passwordpassword"[:8], "with a \x00 inside it", "\ud800" * 12]
)
def test_a_weak_password_is_refused_and_nothing_is_written(password: str, house: House) -> None:
    with using_scope(system(house)), pytest.raises(WeakPassword) as refused:
        create_user(email=ADDRESS, name="Ada", password=password)
    assert set(fields_of(refused)) == {"password"}
    with reading_in(house):
        assert not User.objects.exists()


def test_none_leaves_values_as_they_are(house: House) -> None:
    user = make_user(house, name="Ada", home_organization_id=house.north.pk)
    with using_scope(system(house)):
        changed = update_user(user.pk, locale="pl")
    assert (changed.name, changed.locale, changed.home_organization_id) == ("Ada", "pl", house.north.pk)


def test_a_home_can_be_taken_away(house: House) -> None:
    user = make_user(house, home_organization_id=house.north.pk)
    with using_scope(system(house)):
        assert update_user(user.pk, home_organization_id=None).home_organization_id is None


def test_a_home_must_exist(house: House, other_house: House) -> None:
    user = make_user(house)
    with using_scope(system(house)), pytest.raises(InvalidInput) as refused:
        update_user(user.pk, home_organization_id=other_house.root.pk)
    assert fields_of(refused) == ["home_organization_id"]


def test_roles_are_replaced(house: House) -> None:
    old, kept, new = (make_role(house) for _ in range(3))
    user = make_user(house, roles=(old, kept))
    with using_scope(system(house)):
        set_user_roles(user.pk, roles=[kept.pk, new.pk, new.pk])
    with reading_in(house):
        held = set(UserRole.objects.filter(user_id=user.pk).values_list("role_id", flat=True))
    assert held == {kept.pk, new.pk}


def test_a_role_of_another_tenant_is_unknown(house: House, other_house: House) -> None:
    user, foreign = make_user(house), make_role(other_house)
    with using_scope(system(house)), pytest.raises(InvalidInput) as refused:
        set_user_roles(user.pk, roles=[foreign.pk])
    assert fields_of(refused) == ["roles"]


def test_a_user_of_another_tenant_is_not_found(house: House, other_house: House) -> None:
    foreign = make_user(other_house)
    with using_scope(system(house)), pytest.raises(RowNotFound):
        update_user(foreign.pk, name="X")


def test_a_deleted_user_is_not_found(house: House) -> None:
    user = make_user(house)
    with using_scope(system(house)):
        delete_user(user.pk)
        with pytest.raises(RowNotFound):
            update_user(user.pk, name="X")
        with pytest.raises(RowNotFound):
            set_user_acl(user.pk)
        with pytest.raises(RowNotFound):
            delete_user(user.pk)


def test_roles_and_lists_count_as_changes_of_the_user(house: House) -> None:
    user, role = make_user(house), make_role(house)
    with using_scope(system(house)):
        set_user_roles(user.pk, roles=[role.pk])
        with invoked(expected_version=1), pytest.raises(StaleVersion):
            set_user_acl(user.pk, features=["auth.users.view"])


def test_an_empty_list_is_no_row(house: House) -> None:
    user = make_user(house)
    with using_scope(system(house)):
        set_user_acl(user.pk, features=["auth.users.view"])
        set_user_acl(user.pk)
    with reading_in(house):
        assert not UserAcl.objects.exists()


def test_a_list_of_organizations_alone_is_kept(house: House) -> None:
    user = make_user(house)
    with using_scope(system(house)):
        set_user_acl(user.pk, organization_ids=[])
    with reading_in(house):
        assert UserAcl.objects.get().organization_ids == []


def test_a_role_of_living_users_is_not_deleted(house: House) -> None:
    role = make_role(house)
    make_user(house, roles=(role,))
    with using_scope(system(house)), pytest.raises(RoleInUse) as refused:
        delete_role(role.pk)
    assert refused.value.context["count"] == 1


def test_a_role_of_deleted_users_is_deleted(house: House) -> None:
    role = make_role(house)
    user = make_user(house, roles=(role,))
    with using_scope(system(house)):
        delete_user(user.pk)
        delete_role(role.pk)
    with reading_in(house):
        assert not Role.objects.exists()


def test_a_system_role_is_not_deleted(house: House) -> None:
    role = make_role(house, system_key="employee")
    with using_scope(system(house)), pytest.raises(SystemRoleFixed):
        delete_role(role.pk)


def test_role_names_are_taken_once(house: House) -> None:
    make_role(house, name="Sales")
    with using_scope(system(house)), pytest.raises(Duplicate) as refused:
        create_role(name="Sales")
    assert fields_of(refused) == ["name"]


def test_other_grants_in_an_update_need_the_feature_for_lists(house: House) -> None:
    clerk = make_user(house, roles=(make_role(house, "auth.roles.manage"),))
    role = make_role(house, "auth.users.view")
    with acting_as(house, clerk):
        update_role(role.pk, name="Renamed", features=["auth.users.view"])
        with pytest.raises(FeatureRequired) as refused:
            update_role(role.pk, features=[])
    assert refused.value.context["feature"] == "auth.acl.manage"


def test_a_new_password_ends_every_session_and_lifts_a_lock(house: House) -> None:
    user = make_user(house, email=ADDRESS)
    signed_in(user)
    with using_scope(system(house)):
        set_password(user.pk, password="a new long password")
    assert authenticate(None, email=ADDRESS, password="a new long password") == user
    with reading_in(house):
        assert not Session.objects.exists()


def test_the_hash_is_renewed_by_the_system_only(house: House) -> None:
    owner = make_user(house, roles=(make_role(house, is_super_admin=True),))
    with acting_as(house, owner), pytest.raises(FeatureRequired):
        rehash_password(owner.pk, password=PASSWORD)


def test_ending_a_session_is_an_action_of_its_user(house: House) -> None:
    user = make_user(house)
    signed_in(user)
    with reading_in(house):
        session = Session.objects.get()
    with using_scope(system(house)):
        end_session(session.pk)
        with pytest.raises(RowNotFound):
            end_session(session.pk)
    with reading_in(house):
        action = Action.objects.get(command="auth.session.end")
        assert (action.resource_entity, action.resource_id) == ("auth.user", user.pk)


def test_history_holds_neither_passwords_nor_hashes_nor_addresses(house: House) -> None:
    with using_scope(system(house)):
        user = create_user(email=ADDRESS, name="Ada", password=PASSWORD)
        update_user(user.pk, email="countess@example.org")
        set_password(user.pk, password="a new long password")
    with reading_in(house):
        kept = [*RowImage.objects.values("before", "after"), *Action.objects.values("input", "resource_label")]
        text = json.dumps(kept)
        hashes = list(LoginState.objects.values_list("password", flat=True))
        assert RowImage.objects.filter(table_name="staff_user").count() == 2
        assert not RowImage.objects.filter(table_name="staff_login_state").exists()
    for secret in (ADDRESS, "countess@example.org", PASSWORD, "a new long password", *hashes, HASH[:20]):
        assert secret not in text


def test_a_save_that_changes_nothing_leaves_no_image(house: House) -> None:
    user = make_user(house, name="Ada")
    with using_scope(system(house)):
        update_user(user.pk, name="Ada", is_active=True)
    with reading_in(house):
        assert not RowImage.objects.filter(row_id=user.pk, operation="U").exists()
