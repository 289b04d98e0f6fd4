"""Programs with keys: who they are, what they see, and what ends that at the next request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from apps.auth.key_identity import KeyCaller, caller_with_key, key_again
from apps.auth.models import ApiKey, ApiKeySecret, RoleAcl, User
from apps.auth.services.key_secrets import checksum, new_secret
from apps.auth.services.keys import IssuedKey, revoke_api_key, rotate_api_key, update_api_key
from apps.auth.services.users import delete_user, update_user
from apps.kernel import clock
from apps.kernel.access.grants import NOTHING
from apps.kernel.commands.models import Action
from apps.kernel.limits.actors import OWN_LIMIT
from apps.kernel.ports import Identity
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Actor, ActorKind, current_scope, using_scope
from tests.auth.factories import make_role, make_user, reading_in, system
from tests.auth.programs import KEYS, MANAGES, key_of, make_key, program
from tests.currencies.factories import make_currency
from tests.support.scopes import House, seeding
from tests.support.sign_in import signed_in

CURRENCIES = "/api/currencies/currencies/"
VIEW = "currencies.view"


def resolved(secret: str, *, path: str = CURRENCIES) -> KeyCaller | None:
    request: HttpRequest = RequestFactory().get(path)
    return caller_with_key(request, secret)


def codes(client: Client, **headers: str) -> list[str]:
    answer = client.get(CURRENCIES, headers=headers)
    assert answer.status_code == 200, answer.content
    return sorted(row["code"] for row in answer.json()["results"])


@pytest.fixture
def north_and_south(house: House) -> House:
    make_currency(house, "EUR", at=house.north)
    make_currency(house, "USD", at=house.south)
    return house


@pytest.mark.parametrize(
    "header", [{"X-Api-Key": "{}"}, {"Authorization": "ApiKey {}"}, {"Authorization": "apikey {}"}]
)
def test_a_key_opens_what_its_features_open(header: dict[str, str], north_and_south: House) -> None:
    secret = make_key(north_and_south, VIEW).secret
    client = Client(headers={name: text.format(secret) for name, text in header.items()})
    assert codes(client) == ["EUR", "USD"]
    answer = client.get(KEYS)
    assert (answer.status_code, answer.json()["code"]) == (403, "kernel.feature_required")


def test_a_key_is_an_actor_of_its_own(house: House) -> None:
    issued = make_key(house, VIEW, name="Shop floor", per_minute=90)
    found = resolved(issued.secret)
    assert found is not None
    assert (found.actor.kind, found.actor.id, found.actor.label) == (ActorKind.API_KEY, issued.key.pk, "Shop floor")
    assert (found.tenant_id, found.user, found.session, found.per_minute) == (house.tenant.pk, None, None, 90)


@pytest.mark.parametrize("per_minute", [None, 90])
def test_the_keys_own_limit_stands_on_the_request(per_minute: int | None, house: House) -> None:
    secret = make_key(house, VIEW, per_minute=per_minute).secret
    request: HttpRequest = RequestFactory().get(CURRENCIES, headers={"X-Api-Key": secret})
    assert service(Identity).resolve(request) is not None
    assert getattr(request, OWN_LIMIT) == per_minute


def test_writes_of_a_key_stand_in_the_history_under_its_name(house: House) -> None:
    issued = make_key(house, *MANAGES, name="Shop floor")
    answer = program(issued.secret).patch(
        f"{KEYS}{issued.key.pk}/", {"description": "x"}, content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    with reading_in(house):
        action = Action.objects.get(pk=answer.headers["X-Action-Id"])
    assert (action.actor_kind, action.actor_id, action.actor_label) == ("api_key", issued.key.pk, "Shop floor")


def wrong_character(secret: str) -> str:
    return secret[:-1] + ("a" if secret[-1] != "a" else "b")


@pytest.mark.parametrize("spoil", [wrong_character, lambda _: "", lambda _: "mk_x", lambda secret: secret + secret])
def test_a_mistyped_key_is_refused_without_a_query(spoil: Callable[[str], str], house: House) -> None:
    client = program(spoil(make_key(house, VIEW).secret))
    with CaptureQueriesContext(connection) as sent:
        answer = client.get(CURRENCIES)
    assert (answer.status_code, answer.json()["code"]) == (401, "kernel.not_authenticated")
    assert len(sent) == 0


def test_an_unknown_key_of_the_right_form_is_refused(house: House) -> None:
    made = make_key(house, VIEW).secret
    body = made[:12] + new_secret()[12:-6]
    for secret in (new_secret(), body + checksum(body)):
        assert program(secret).get(CURRENCIES).status_code == 401


def test_a_key_opens_no_page_of_the_back_office(house: House) -> None:
    secret = make_key(house, "*").secret
    assert resolved(secret, path="/backend/") is None
    assert program(secret).get("/backend/").status_code == 302


def test_a_key_sees_its_own_tenant_only(north_and_south: House, other_house: House) -> None:
    make_currency(other_house, "CHF")
    client = program(make_key(other_house, VIEW).secret)
    assert codes(client) == ["CHF"]
    elsewhere = client.get(CURRENCIES, headers={"X-Tenant-Id": str(north_and_south.tenant.pk)})
    assert elsewhere.status_code == 404


def test_a_warm_request_sends_two_queries_and_a_cold_one_another(house: House) -> None:
    secret = make_key(house, roles=[make_role(house, VIEW).pk]).secret
    resolved(secret)
    with seeding(system(house)):
        RoleAcl.objects.update(is_super_admin=False)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as sent:
            assert resolved(secret) is not None
        counts.append(
            len([item for item in sent if "set_config" not in item["sql"] and "SAVEPOINT" not in item["sql"]])
        )
    assert counts == [3, 2]


def test_use_is_noted_once_a_minute(house: House) -> None:
    secret = make_key(house, VIEW).secret

    def noted() -> object:
        with reading_in(house):
            return ApiKeySecret.objects.get().last_used_at

    assert noted() is None
    with clock.frozen(clock.now()) as time:
        resolved(secret)
        first = noted()
        assert first == time.at
        time.tick(59)
        resolved(secret)
        assert noted() == first
        time.tick(1)
        resolved(secret)
        assert noted() == time.at


def revoke(house: House, issued: IssuedKey) -> None:
    with using_scope(system(house)):
        revoke_api_key(issued.key.pk)


def past_the_command(house: House, issued: IssuedKey) -> None:
    with seeding(system(house)):
        ApiKey.objects.filter(pk=issued.key.pk).update(revoked_at=clock.now())


def renew_without_overlap(house: House, issued: IssuedKey) -> None:
    with using_scope(system(house)):
        rotate_api_key(issued.key.pk, overlap_hours=0)


def admit_others_only(house: House, issued: IssuedKey) -> None:
    with using_scope(system(house)):
        update_api_key(issued.key.pk, addresses=["192.0.2.0/24"])


def deactivate_owner(house: House, issued: IssuedKey) -> None:
    assert issued.key.created_by_id is not None
    with using_scope(system(house)):
        update_user(issued.key.created_by_id, is_active=False)


def delete_owner(house: House, issued: IssuedKey) -> None:
    assert issued.key.created_by_id is not None
    with using_scope(system(house)):
        delete_user(issued.key.created_by_id)


ENDS = [revoke, past_the_command, renew_without_overlap, admit_others_only, deactivate_owner, delete_owner]


@pytest.mark.parametrize("end", ENDS, ids=lambda item: item.__name__)
def test_what_ends_a_key_fails_its_next_request(end: Callable[[House, IssuedKey], None], house: House) -> None:
    owner = make_user(house, roles=(make_role(house, *MANAGES, VIEW),))
    issued = key_of(house, owner, VIEW)
    client = program(issued.secret)
    assert client.get(CURRENCIES).status_code == 200
    end(house, issued)
    assert client.get(CURRENCIES).status_code == 401


def test_a_key_ends_at_its_hour(house: House) -> None:
    end = clock.now() + timedelta(hours=1)
    secret = make_key(house, VIEW, expires_at=end).secret
    with clock.frozen(end - timedelta(seconds=1)) as time:
        assert resolved(secret) is not None
        time.tick(1)
        assert resolved(secret) is None


def test_a_former_secret_works_for_the_overlap_beside_the_new_one(house: House) -> None:
    issued = make_key(house, VIEW)
    with using_scope(system(house)), clock.frozen(clock.now()) as time:
        newer = rotate_api_key(issued.key.pk, overlap_hours=2)
        time.tick(timedelta(hours=2) - timedelta(seconds=1))
        assert [resolved(item.secret) is None for item in (issued, newer)] == [False, False]
        time.tick(1)
        assert [resolved(item.secret) is None for item in (issued, newer)] == [True, False]
        time.tick(timedelta(days=400))
        assert resolved(newer.secret) is not None


def test_a_second_rotation_does_not_lengthen_the_first_overlap(house: House) -> None:
    first = make_key(house, VIEW)
    with using_scope(system(house)), clock.frozen(clock.now()) as time:
        second = rotate_api_key(first.key.pk, overlap_hours=1)
        rotate_api_key(first.key.pk, overlap_hours=168)
        time.tick(timedelta(hours=1))
        assert [resolved(item.secret) is None for item in (first, second)] == [True, False]


@pytest.mark.parametrize(("peer", "status"), [("192.0.2.7", 200), ("192.0.3.7", 401), ("", 401)])
def test_an_address_list_is_kept(peer: str, status: int, house: House) -> None:
    client = program(make_key(house, VIEW, addresses=["192.0.2.0/24"]).secret)
    assert client.get(CURRENCIES, REMOTE_ADDR=peer).status_code == status


def test_nobody_moves_an_address_with_a_header(house: House) -> None:
    client = program(make_key(house, VIEW, addresses=["192.0.2.0/24"]).secret, **{"X-Forwarded-For": "192.0.2.7"})
    assert client.get(CURRENCIES, REMOTE_ADDR="198.51.100.1").status_code == 401


@pytest.mark.parametrize("status", ["suspended", "deleted"])
def test_a_key_of_a_closed_tenant_opens_nothing(status: str, house: House) -> None:
    client = program(make_key(house, VIEW).secret)
    with seeding(system(house)):
        house.tenant.status = status
        house.tenant.save()
    answer = client.get(CURRENCIES)
    assert (answer.status_code, answer.json()["code"]) == (403, "directory.tenant.suspended")


def test_a_role_that_reaches_everywhere_does_not_widen_the_keys_list(north_and_south: House) -> None:
    role = make_role(north_and_south, VIEW, organization_ids=None)
    issued = make_key(north_and_south, roles=[role.pk], organization_ids=[north_and_south.north.pk])
    assert codes(program(issued.secret)) == ["EUR"]
    assert codes(program(issued.secret), **{"X-Organization-Id": "all"}) == ["EUR"]
    client = program(issued.secret, **{"X-Organization-Id": str(north_and_south.south.pk)})
    assert (client.get(CURRENCIES).status_code, client.get(CURRENCIES).json()["code"]) == (
        422,
        "kernel.scope.organization_invalid",
    )


def test_a_super_admins_role_does_not_widen_the_keys_list(north_and_south: House) -> None:
    role = make_role(north_and_south, is_super_admin=True)
    issued = make_key(north_and_south, roles=[role.pk], organization_ids=[north_and_south.north.pk])
    assert codes(program(issued.secret)) == ["EUR"]


@pytest.mark.parametrize(
    ("of_role", "of_key", "seen"),
    [
        (["root"], ["north"], ["EUR"]),
        (["north"], ["root"], ["EUR"]),
        (["north"], ["south"], []),
        (["north"], None, ["EUR"]),
        (["north", "south"], ["root"], ["EUR", "USD"]),
        ([], None, []),
        (None, [], []),
    ],
)
def test_lists_of_role_and_key_meet_in_the_tree(
    of_role: list[str] | None, of_key: list[str] | None, seen: list[str], north_and_south: House
) -> None:
    def ids(names: list[str] | None) -> list[UUID] | None:
        return None if names is None else [getattr(north_and_south, name).pk for name in names]

    role = make_role(north_and_south, VIEW, organization_ids=ids(of_role))
    issued = make_key(north_and_south, roles=[role.pk], organization_ids=ids(of_key))
    assert codes(program(issued.secret)) == seen


def test_a_key_with_one_organization_works_there(house: House) -> None:
    found = resolved(make_key(house, VIEW, organization_ids=[house.north.pk]).secret)
    assert found is not None
    assert found.home_organization_id == house.north.pk


def test_a_changed_role_holds_at_the_next_request(house: House) -> None:
    role = make_role(house, VIEW)
    client = program(make_key(house, roles=[role.pk]).secret)
    assert client.get(CURRENCIES).status_code == 200
    with seeding(system(house)):
        RoleAcl.objects.update(features=["auth.users.view"])
    assert client.get(CURRENCIES).status_code == 403


def test_a_role_that_is_taken_away_or_given_holds_at_the_next_request(house: House) -> None:
    role = make_role(house, VIEW)
    issued = make_key(house, roles=[role.pk])
    client = program(issued.secret)
    for roles, status in (([], 403), ([role.pk], 200)):
        with using_scope(system(house)):
            update_api_key(issued.key.pk, roles=roles)
        assert client.get(CURRENCIES).status_code == status


def test_a_role_brings_what_its_features_imply(house: House) -> None:
    client = program(make_key(house, "currencies.manage").secret)
    assert client.get(CURRENCIES).status_code == 200


@pytest.fixture
def owner(house: House) -> User:
    return make_user(house, roles=(make_role(house, *MANAGES, VIEW),))


def again(house: House, issued: IssuedKey) -> Actor:
    with reading_in(house):
        return key_again(Actor(ActorKind.API_KEY, issued.key.pk, "Shop", current_scope().actor.access))


def test_a_worker_gets_the_access_of_now(house: House, owner: User) -> None:
    issued = key_of(house, owner, VIEW)
    access = again(house, issued).access
    assert (access.allows(VIEW), access.allows("auth.users.view")) == (True, False)


@pytest.mark.parametrize("end", [revoke, deactivate_owner, delete_owner], ids=lambda item: item.__name__)
def test_a_worker_leaves_nothing_to_an_ended_key(end: Callable[..., None], house: House, owner: User) -> None:
    issued = key_of(house, owner, VIEW)
    end(house, issued)
    assert again(house, issued).access == NOTHING


def test_a_worker_leaves_nothing_to_a_key_of_a_closed_tenant(house: House, owner: User) -> None:
    issued = key_of(house, owner, VIEW)
    with seeding(system(house)):
        house.tenant.status = "suspended"
        house.tenant.save()
    assert again(house, issued).access == NOTHING


def test_a_bad_key_is_not_helped_by_a_good_session(house: House) -> None:
    client = signed_in(make_user(house, roles=(make_role(house, VIEW),)))
    assert client.get(CURRENCIES).status_code == 200
    assert client.get(CURRENCIES, headers={"X-Api-Key": "mk_x"}).status_code == 401
    assert client.get(CURRENCIES, headers={"Authorization": "ApiKey mk_x"}).status_code == 401
