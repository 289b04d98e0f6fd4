"""Who sent a request: from the session cookie to an actor, and what ends that."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from apps.auth.backends import StaffBackend
from apps.auth.callers import Caller
from apps.auth.identity import StaffIdentity
from apps.auth.middleware import StaffAuthenticationMiddleware
from apps.auth.models import RoleAcl, Session, User, UserRole
from apps.auth.services.devices import end_session
from apps.auth.services.passwords import set_password
from apps.auth.services.users import delete_user, update_user
from apps.auth.sessions import SessionStore
from apps.kernel import clock
from apps.kernel.access.grants import NOTHING
from apps.kernel.ports import Identity
from apps.kernel.services import service
from apps.kernel.tenancy.middleware import GetResponse, ScopeMiddleware
from apps.kernel.tenancy.models import PlatformAdmin
from apps.kernel.tenancy.scope import Actor, ActorKind, current_scope, using_scope
from apps.kernel.tenancy.switching import PLATFORM_ACCESS
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.auth.factories import make_role, make_user, reading_in, signed_in, system
from tests.support.scopes import House, seeding

VIEW = "auth.users.view"


def next_request(key: str | None) -> HttpRequest:
    request = RequestFactory().get("/")
    request.session = SessionStore(key)
    return request


def resolve(key: str | None) -> Caller | None:
    found = service(Identity).resolve(next_request(key))
    assert found is None or isinstance(found, Caller)
    return found


@pytest.fixture
def bob(house: House) -> User:
    return make_user(house, roles=(make_role(house, VIEW),), home_organization_id=house.north.pk)


@pytest.fixture
def key(bob: User) -> str:
    return str(signed_in(bob).session.session_key)


def test_a_session_becomes_an_actor_with_access(house: House, bob: User, key: str) -> None:
    caller = resolve(key)
    assert caller is not None
    assert (caller.tenant_id, caller.home_organization_id) == (house.tenant.pk, house.north.pk)
    assert (caller.actor.kind, caller.actor.id, caller.actor.label) == (ActorKind.STAFF, bob.pk, "Bob")
    assert caller.actor.access.allows(VIEW)
    assert not caller.actor.access.allows("auth.users.manage")


@pytest.mark.parametrize("key", [None, "x" * 43, "bad"])
def test_without_a_session_nobody_is_calling(database: None, key: str | None) -> None:
    assert resolve(key) is None


def end_own_row(house: House, user: User) -> None:
    with using_scope(system(house)):
        with scoped_transaction():
            session = Session.objects.get(user_id=user.pk)
        end_session(session.pk)


def delete(house: House, user: User) -> None:
    with using_scope(system(house)):
        delete_user(user.pk)


def deactivate(house: House, user: User) -> None:
    with using_scope(system(house)):
        update_user(user.pk, is_active=False)


def new_password(house: House, user: User) -> None:
    with using_scope(system(house)):
        set_password(user.pk, password="another long password")


def deactivate_past_the_command(house: House, user: User) -> None:
    with seeding(system(house)):
        User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("end", [end_own_row, delete, deactivate, new_password, deactivate_past_the_command])
def test_what_ends_a_session_fails_the_next_request(end: object, house: House, bob: User, key: str) -> None:
    assert resolve(key) is not None
    assert callable(end)
    end(house, bob)
    assert resolve(key) is None


def test_a_changed_role_holds_at_the_next_request(house: House, bob: User, key: str) -> None:
    assert resolve(key) is not None
    with seeding(system(house)):
        RoleAcl.objects.update(features=["auth.roles.view"])
    caller = resolve(key)
    assert caller is not None
    assert (caller.actor.access.allows(VIEW), caller.actor.access.allows("auth.roles.view")) == (False, True)


def test_a_lost_membership_holds_at_the_next_request(house: House, bob: User, key: str) -> None:
    assert resolve(key) is not None
    with seeding(system(house)):
        UserRole.objects.filter(user=bob).delete()
    caller = resolve(key)
    assert caller is not None
    assert not caller.actor.access.allows(VIEW)


def test_a_warm_request_sends_two_queries_and_a_cold_one_two_more(bob: User, key: str) -> None:
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as sent:
            resolve(key)
        reads = [query for query in sent if "set_config" not in query["sql"] and "SAVEPOINT" not in query["sql"]]
        counts.append(len(reads))
    assert counts == [4, 2]


def test_use_is_noted_once_a_minute(house: House, bob: User, key: str) -> None:
    with clock.frozen(clock.now() + timedelta(minutes=2)) as time:
        resolve(key)
        first = time.at
        time.tick(59)
        resolve(key)
        with reading_in(house):
            assert Session.objects.get().last_used_at == first
        time.tick(1)
        resolve(key)
        with reading_in(house):
            assert Session.objects.get().last_used_at == time.at


def test_the_store_takes_over_what_was_read(bob: User, key: str) -> None:
    request = next_request(key)
    service(Identity).resolve(request)
    with CaptureQueriesContext(connection) as sent:
        assert request.session["_auth_user_id"] == str(bob.pk)
    assert len(sent) == 0


def test_a_worker_gets_the_access_of_now(house: House, bob: User) -> None:
    stale = Actor(ActorKind.STAFF, bob.pk, "Bob", NOTHING)
    with reading_in(house):
        assert StaffIdentity().access_again(house.tenant.pk, stale).access.allows(VIEW)


def test_a_worker_leaves_nothing_to_an_inactive_user(house: House, bob: User) -> None:
    deactivate(house, bob)
    actor = Actor(ActorKind.STAFF, bob.pk, "Bob", NOTHING)
    with reading_in(house):
        assert StaffIdentity().access_again(house.tenant.pk, actor).access == NOTHING


def test_a_worker_leaves_nothing_to_anybody_in_a_suspended_tenant(house: House, bob: User) -> None:
    with seeding(system(house)):
        house.tenant.status = "suspended"
        house.tenant.save()
    with reading_in(house):
        actor = StaffIdentity().access_again(house.tenant.pk, Actor(ActorKind.STAFF, bob.pk, "Bob"))
    assert actor.access == NOTHING


def test_a_worker_leaves_other_actors_alone(house: House) -> None:
    with reading_in(house):
        actor = current_scope().actor
        assert StaffIdentity().access_again(house.tenant.pk, actor) is actor


def user_behind_the_middleware(key: str, **headers: str) -> object:
    """What a view sees as `request.user` behind both middlewares."""
    seen: list[object] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.user)
        return HttpResponse()

    request: HttpRequest = RequestFactory().get("/")
    request.META.update(headers)
    request.session = SessionStore(key)
    ScopeMiddleware(cast("GetResponse", StaffAuthenticationMiddleware(view)))(request)
    return seen[0] if seen else None


def test_the_request_has_its_user(bob: User, key: str) -> None:
    assert user_behind_the_middleware(key) == bob


def test_the_request_of_nobody_has_an_anonymous_user(database: None) -> None:
    assert isinstance(user_behind_the_middleware(""), AnonymousUser)


def test_an_open_session_of_a_suspended_tenant_does_not_reach_the_view(house: House, bob: User, key: str) -> None:
    with seeding(system(house)):
        house.tenant.status = "suspended"
        house.tenant.save()
    assert user_behind_the_middleware(key) is None


def test_the_backend_knows_nobody_outside_a_scope(house: House, other_house: House, bob: User) -> None:
    assert StaffBackend().get_user(bob.pk) is None
    with reading_in(other_house):
        assert StaffBackend().get_user(bob.pk) is None
    with reading_in(house):
        assert StaffBackend().get_user(bob.pk) == bob


def test_django_does_not_write_the_last_log_in() -> None:
    receivers = [key for key, *_ in user_logged_in.receivers]
    assert ("update_last_login" in {item[0] for item in receivers}) is False
    assert "auth.remember_device" in {item[0] for item in receivers}


@pytest.mark.committed
def test_a_visiting_platform_admin_keeps_their_user(house: House, other_house: House) -> None:
    alice = make_user(house, name="Alice")
    key = str(signed_in(alice).session.session_key)
    PlatformAdmin.objects.using("owner").create(user_id=alice.pk)
    visit = {"HTTP_X_TENANT_ID": str(other_house.tenant.pk), "HTTP_X_TENANT_REASON": "a call"}
    assert user_behind_the_middleware(key, **visit) == alice


@pytest.mark.committed
def test_a_worker_of_a_visiting_platform_admin_keeps_their_access(house: House, other_house: House) -> None:
    alice, bob = make_user(house), make_user(house)
    PlatformAdmin.objects.using("owner").create(user_id=alice.pk)
    with reading_in(other_house):
        again = [
            StaffIdentity().access_again(other_house.tenant.pk, Actor(ActorKind.STAFF, user.pk, ""))
            for user in (alice, bob)
        ]
    assert [actor.access for actor in again] == [PLATFORM_ACCESS, NOTHING]
