"""What must be true of an API key's own values, and which roles are meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from ipaddress import IPv6Network, ip_network
from typing import Any, Final
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from apps.auth.calculations import GrantList
from apps.auth.errors import InvalidGrant
from apps.auth.models import ApiKey, Role
from apps.auth.selectors import organization_set
from apps.auth.services.boundary import demand_valid_grants
from apps.auth.services.key_terms import Network
from apps.kernel import clock
from apps.kernel.commands.checking import complaints_of
from apps.kernel.commands.unchanged import UNCHANGED
from apps.kernel.errors import FieldError
from apps.kernel.ports import OrganizationTree
from apps.kernel.references.validation import no_such_record
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.selection import allowed_organizations

MOST_PER_MINUTE: Final = 1_000_000
MOST_ADDRESSES: Final = 100
LISTS: Final = frozenset({"features", "organization_ids"})


def fill_key(key: ApiKey, given: Mapping[str, Any]) -> list[FieldError]:
    """Give the key these columns in canonical form, and say what is wrong with it now; UNCHANGED leaves one alone.

    Features and organizations that the key had before may stay, also when their module or they are gone.
    """
    former = GrantList(frozenset(key.features), organization_ids=organization_set(key.organization_ids))
    values = {name: value for name, value in given.items() if value is not UNCHANGED}
    end = values.get("expires_at")
    complaints = [] if end == key.expires_at else list(end_complaints(end))
    if "addresses" in values:
        values["addresses"], bad = canonical_networks(values["addresses"])
        complaints += bad
    for name, value in values.items():
        setattr(key, name, sorted(set(value)) if name in LISTS and value is not None else value)
    return [*key_complaints(key, former=former), *complaints]


def key_complaints(key: ApiKey, *, former: GrantList) -> Iterator[FieldError]:
    """What is wrong with the values of a key; features and organizations of the `former` list may stay."""
    yield from complaints_of(key, ("name", "description"))
    yield from _feature_complaints(frozenset(key.features), former.features)
    yield from _organization_complaints(
        frozenset(key.organization_ids or ()) - (former.organization_ids or frozenset())
    )
    if key.per_minute is not None and not 1 <= key.per_minute <= MOST_PER_MINUTE:
        text = _("Give a whole number from {least} to {most}.").format(least=1, most=MOST_PER_MINUTE)
        yield FieldError("per_minute", "auth.api_key.per_minute", text)


def end_complaints(end: datetime | None) -> Iterator[FieldError]:
    """What is wrong with a new end."""
    if end is not None and end <= clock.now():
        yield FieldError("expires_at", "auth.api_key.expires_at", _("The end must lie in the future."))


def canonical_networks(addresses: Collection[str]) -> tuple[list[str], list[FieldError]]:
    """The networks in their usual notation, each once and in order, and what is wrong with the others."""
    if len(addresses) > MOST_ADDRESSES:
        return [], [_bad_addresses(_("Give at most {most} networks.").format(most=MOST_ADDRESSES))]
    found, complaints = set(), []
    for text in addresses:
        network = _network(text.strip())
        if network is None:
            complaints.append(_bad_addresses(_("{text} is no address and no network.").format(text=text[:60])))
        elif isinstance(network, IPv6Network) and network.network_address.ipv4_mapped:
            complaints.append(_bad_addresses(_("Write {text} as an IPv4 network.").format(text=text[:60])))
        else:
            found.add(str(network))
    return sorted(found), complaints


def _network(text: str) -> Network | None:
    """The network; clients come without the zone of an interface (`%eth0`), so none may be asked for."""
    try:
        return None if "%" in text else ip_network(text)
    except ValueError:
        return None


def _bad_addresses(text: str) -> FieldError:
    return FieldError("addresses", "auth.api_key.addresses", text)


def role_ids(named: Iterable[UUID | str]) -> tuple[set[UUID], list[FieldError]]:
    """Ids of the roles with these ids or names, and a complaint where one is not there."""
    ids, names = _parted(named)
    rows = Role.objects.filter(models.Q(pk__in=ids) | models.Q(name__in=names)).values_list("pk", "name")
    found = dict(rows)
    missing = (ids - set(found)) or (names - set(found.values()))
    return set(found), [no_such_record("roles")] if missing else []


def _parted(named: Iterable[UUID | str]) -> tuple[set[UUID], set[str]]:
    ids: set[UUID] = set()
    names: set[str] = set()
    for item in named:
        try:
            ids.add(item if isinstance(item, UUID) else UUID(item))
        except ValueError:
            names.add(str(item))
    return ids, names


def _feature_complaints(features: frozenset[str], former: frozenset[str]) -> Iterable[FieldError]:
    try:
        demand_valid_grants(GrantList(features), former=GrantList(former))
    except InvalidGrant as refused:
        return refused.errors
    return ()


def _organization_complaints(fresh: frozenset[UUID]) -> Iterator[FieldError]:
    """An organization that the actor does not see is spoken of like one that is not there."""
    if fresh and not fresh <= allowed_organizations(current_scope().actor, service(OrganizationTree)):
        yield no_such_record("organization_ids")
