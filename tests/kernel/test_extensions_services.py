"""Services by Protocol, by name and by the names of the guides, and what the settings make of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import pytest
from django.test import override_settings

from apps.kernel import services
from apps.kernel.extensions.checks import check_extensions
from apps.kernel.registry.store import NotRegistered
from apps.kernel.services import ALIASES, provide, service, service_named

# Modules whose services guides name; one that is installed has to offer them.
PENDING = {"customer_accounts", "data_sync", "integrations", "sales", "workflows"}


class Scales(Protocol):
    def weigh(self, grams: int) -> int: ...


class Honest:
    def weigh(self, grams: int) -> int:
        return grams


class Heavy:
    def weigh(self, grams: int) -> int:
        return grams * 2


class Doubtful:
    """Asks the declared one, and adds to it."""

    def __init__(self, declared: Scales) -> None:
        self.declared = declared

    def weigh(self, grams: int) -> int:
        return self.declared.weigh(grams) + 1


@pytest.fixture(autouse=True)
def _cleared() -> Iterator[None]:
    yield
    services._by_protocol.pop(Scales, None)
    services._by_name.pop("probes.scales", None)
    services._aliases.pop("scalesService", None)


def offered(**overrides: str) -> Any:
    with override_settings(SERVICE_OVERRIDES={f"probes.{name}": path for name, path in overrides.items()}):
        provide(Scales, Honest(), name="probes.scales", aliases=("scalesService",))
    return service(Scales)


def test_a_service_is_had_by_protocol_name_and_alias() -> None:
    found = offered()
    assert found.weigh(5) == 5
    assert service_named("probes.scales") is service_named("scalesService") is found


@pytest.mark.parametrize(("factory", "weight"), [("Heavy", 10), ("Doubtful", 6)])
def test_the_settings_replace_it_by_name(factory: str, weight: int) -> None:
    assert offered(scales=f"tests.kernel.test_extensions_services.{factory}").weigh(5) == weight
    assert service_named("scalesService").weigh(5) == weight


def test_what_nobody_offers_is_told() -> None:
    with pytest.raises(NotRegistered, match="no installed module provides Scales"):
        service(Scales)
    with pytest.raises(NotRegistered, match="probes"):
        service_named("probes.scales")


@override_settings(SERVICE_OVERRIDES={"probes.nothing": "x.y"})
def test_checks_name_overrides_of_nothing() -> None:
    assert [item.id for item in check_extensions(None)] == ["kernel.W055"]


@pytest.mark.parametrize("alias", sorted(ALIASES))
def test_names_of_the_guides_resolve(alias: str) -> None:
    module = ALIASES[alias].partition(".")[0]
    if module in PENDING:
        with pytest.raises(NotRegistered):
            service_named(alias)
    else:
        assert service_named(alias) is service_named(ALIASES[alias])
