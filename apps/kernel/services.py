"""Services: what one module offers and others ask for by Protocol or by name."""

from __future__ import annotations

from inspect import signature
from typing import Any, Final, TypeVar, cast

from django.conf import settings
from django.utils.module_loading import import_string

from apps.kernel.registry.store import NotRegistered

ServiceT = TypeVar("ServiceT")

# Names that the guides use, and what they mean here. `test_services.py` resolves each whose module is installed.
ALIASES: Final = {
    "rbacService": "auth.rbac",
    "catalogPricingService": "catalog.pricing",
    "customerRbacService": "customer_accounts.rbac",
    "dataSyncRunService": "data_sync.runs",
    "dataSyncEngine": "data_sync.engine",
    "externalIdMappingService": "integrations.external_ids",
    "integrationCredentialsService": "integrations.credentials",
    "integrationStateService": "integrations.state",
    "integrationLogService": "integrations.log",
    "integrationHealthService": "integrations.health",
    "salesCalculationService": "sales.calculation",
    "workflowExecutor": "workflows.executor",
    "progressService": "progress",
}

_by_protocol: dict[type, Any] = {}
_by_name: dict[str, Any] = {}
_aliases: dict[str, str] = {}


def provide(
    protocol: type[ServiceT], implementation: ServiceT, *, name: str = "", aliases: tuple[str, ...] = ()
) -> None:
    """Offer a service, from the module's `ready()`; the setting SERVICE_OVERRIDES replaces it by name.

    SERVICE_OVERRIDES maps a service name to the dotted path of a class or factory: without arguments, or with one, to
    which the declared implementation is given, so that it can be asked.
    """
    override = getattr(settings, "SERVICE_OVERRIDES", {}).get(name) if name else None
    offered = _made(import_string(override), implementation) if override else implementation
    _by_protocol[protocol] = offered
    if name:
        _by_name[name] = offered
        _aliases.update(dict.fromkeys(aliases, name))


def _made(factory: Any, implementation: Any) -> Any:
    """What stands in the place of the implementation."""
    wants_one = [item for item in signature(factory).parameters.values() if item.default is item.empty]
    return factory(implementation) if wants_one else factory()


def names() -> frozenset[str]:
    """Names under which installed modules offer services."""
    return frozenset(_by_name)


def service(wanted: type[ServiceT]) -> ServiceT:
    """The service of a Protocol. Raises NotRegistered when no installed module provides it."""
    if wanted not in _by_protocol:
        raise NotRegistered(f"no installed module provides {wanted.__name__}")
    return cast("ServiceT", _by_protocol[wanted])


def service_named(name: str) -> Any:
    """The service of a name such as `auth.rbac`, or of an alias."""
    found = _by_name.get({**ALIASES, **_aliases}.get(name, name))
    if found is None:
        raise NotRegistered(f"no service is called {name!r}; there are: {', '.join(sorted(_by_name)) or 'none'}")
    return found
