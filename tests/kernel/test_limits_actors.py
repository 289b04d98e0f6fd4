"""How often users and keys may use the REST interface."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.test import Client, RequestFactory
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.currencies.models import Currency
from apps.kernel.api.refusals import RateLimited
from apps.kernel.ids import uuid7
from apps.kernel.limits.actors import ActorLimit, hits_of, limit_of_key
from apps.kernel.limits.ready import API_KEY, API_USER
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, using_scope
from tests.directory.callers import client_of, member
from tests.kernel.limits_probes import STORES, own_counters, use_store
from tests.support.scopes import House

ADDRESS = "/api/tests/counted/"


class Counted(APIView):
    """Reads something of the scope, so that one sees that the read transaction is there again."""

    features = {"get": ("currencies.view",)}
    throttle_classes = (ActorLimit,)

    def get(self, request: Request) -> Response:
        return Response({"rows": Currency.objects.count()})


class OpenToAll(APIView):
    """Nobody in particular may come here."""

    public = "tests only"
    throttle_classes = (ActorLimit,)

    def get(self, request: Request) -> Response:
        return Response({})


urlpatterns = [path("api/tests/counted/", Counted.as_view()), path("api/tests/open/", OpenToAll.as_view())]
pytestmark = pytest.mark.routes(__name__)


@pytest.fixture
def counters(settings: LazySettings) -> Iterator[str]:
    with own_counters(settings) as prefix:
        yield prefix


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, counters: str, database: None, settings: LazySettings) -> str:
    return use_store(request.param, settings)


@pytest.fixture
def three_a_minute(settings: LazySettings) -> None:
    settings.RATE_LIMITS = {"api.user": "3/60", "api.key": "3/60"}


@pytest.fixture
def key_id() -> UUID:
    return uuid7()


@pytest.fixture
def as_key(house: House, key_id: UUID) -> Iterator[None]:
    actor = Actor(ActorKind.API_KEY, key_id, "a key")
    with using_scope(Scope(house.tenant.pk, None, frozenset(), actor)):
        yield


def asked(*, own: int | None = None) -> Request:
    request = RequestFactory().get(ADDRESS)
    request.calls_per_minute = own  # type: ignore[attr-defined]
    return Request(request)


def let_through(number: int, request: Request) -> int:
    found = 0
    for _ in range(number):
        try:
            found += ActorLimit().allow_request(request, Counted())
        except RateLimited:
            return found
    return found


def test_each_user_has_a_share_of_their_own(store: str, house: House, three_a_minute: None) -> None:
    bob, carol = (client_of(member(house, "currencies.*", name=name), organization=house.north) for name in "BC")
    assert [bob.get(ADDRESS).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [carol.get(ADDRESS).status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = bob.get(ADDRESS)
    assert (answer.json()["code"], answer.headers["Retry-After"] in {"59", "60"}) == ("kernel.rate_limited", True)
    assert bob.head(ADDRESS).status_code == 200


def test_one_users_devices_and_addresses_count_together(store: str, house: House, three_a_minute: None) -> None:
    bob = member(house, "currencies.*")
    devices = [client_of(bob, organization=house.north) for _ in range(4)]
    tries = [device.get(ADDRESS, REMOTE_ADDR=f"192.0.2.{number}") for number, device in enumerate(devices)]
    assert [answer.status_code for answer in tries] == [200, 200, 200, 429]


def test_a_counted_request_reads_its_scope_afterwards(store: str, house: House) -> None:
    bob = client_of(member(house, "currencies.*"), organization=house.north)
    assert bob.get(ADDRESS).json() == {"rows": 0}


def test_what_permissions_refuse_does_not_count(store: str, house: House, three_a_minute: None) -> None:
    eve = client_of(member(house, "directory.*"), organization=house.north)
    assert [eve.get(ADDRESS).status_code for _ in range(5)] == [403] * 5


def test_nobody_counts_by_address_alone(store: str, client: Client, three_a_minute: None) -> None:
    assert [client.get("/api/tests/open/").status_code for _ in range(5)] == [200] * 5


def test_a_key_has_the_share_of_the_installation(store: str, as_key: None, three_a_minute: None) -> None:
    assert let_through(9, asked()) == 3


@pytest.mark.parametrize("own", [0, 1, 5])
def test_a_key_may_have_a_share_of_its_own(own: int, store: str, as_key: None, three_a_minute: None) -> None:
    assert let_through(9, asked(own=own)) == own


def test_the_house_itself_is_not_counted(house: House, key_id: UUID) -> None:
    for actor in (Actor(ActorKind.SYSTEM, None, "s"), Actor(ActorKind.WORKFLOW, key_id, "w")):
        with using_scope(Scope(house.tenant.pk, None, frozenset(), actor)):
            assert hits_of(asked()) == []


@pytest.mark.parametrize("kind", [ActorKind.STAFF, ActorKind.CUSTOMER])
def test_users_of_each_kind_count_for_themselves(kind: ActorKind, house: House, key_id: UUID) -> None:
    with using_scope(Scope(house.tenant.pk, None, frozenset(), Actor(kind, key_id, "u"))):
        assert hits_of(asked()) == [(API_USER, (str(kind), str(key_id)))]


def test_the_limits_are_six_hundred_a_minute() -> None:
    assert (API_USER.count, API_USER.seconds, API_KEY.count, API_KEY.seconds) == (600, 60, 600, 60)
    own = limit_of_key(asked(own=42))
    assert (limit_of_key(asked()), own.count, own.seconds) == (API_KEY, 42, 60)
