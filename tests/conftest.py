"""Fixtures of the whole suite: a cloned database for each worker, and the two houses."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.db import connections
from hypothesis import HealthCheck, settings

from tests.support import databases, resetting, sampling
from tests.support.scopes import House, make_house

# A machine that has other work draws slowly; that says nothing about what is tried.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say what runs with the whole matrix only, before marks are selected by."""
    sampling.divide(items)


def pytest_collection_finish() -> None:
    """Leave what is there by now out of the collector's rounds: it stays to the end, and costs each round a part."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: pytest.Blocker) -> Iterator[None]:  # type: ignore[name-defined]
    """Clone the template for this worker; drop the clone at the end."""
    with django_db_blocker.unblock():
        source = databases.template()
        name = databases.worker_database()
        databases.clone(source, name)
        databases.point_at(name)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        with databases.admin() as connection:
            databases.drop(connection, name)
            databases.drop(connection, databases.kept_database())


@pytest.fixture(autouse=True)
def _committed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let a test marked `committed` commit for real, and give the next one a database as good as new.

    Such a test must not carry `django_db` as well, which would wrap it in a transaction.
    """
    if request.node.get_closest_marker("committed") is None:
        yield
        return
    request.getfixturevalue("django_db_setup")
    blocker = request.getfixturevalue("django_db_blocker")
    with blocker.unblock():
        yield
        connections.close_all()
        resetting.renew(databases.worker_database())


@pytest.fixture(autouse=True)
def _routes(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let a test marked `routes` serve the addresses of a module of its own.

    Resolvers are kept by module, and stay: pytest-django's mark `urls` makes all of them anew, before and after.
    """
    marker = request.node.get_closest_marker("routes")
    if marker is None:
        yield
        return
    former, django_settings.ROOT_URLCONF = django_settings.ROOT_URLCONF, marker.args[0]
    yield
    django_settings.ROOT_URLCONF = former


@pytest.fixture
def database(request: pytest.FixtureRequest) -> None:
    """A database for this test: rolled back after it, or committed to when the test is marked so."""
    if request.node.get_closest_marker("committed") is None:
        request.getfixturevalue("db")


@pytest.fixture
def house(database: None) -> House:
    """The tenant that Alice owns and Bob works in."""
    return make_house("Acme")


@pytest.fixture
def other_house(database: None) -> House:
    """The tenant that Charlie belongs to."""
    return make_house("Globex")
