"""Endpoints for incoming messages: adding, changing, switching on and off, new secrets, deleting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from apps.kernel import clock
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import keep_pointers_out, load_living
from apps.kernel.commands.running import about
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Scope, current_scope
from apps.webhooks.contracts import ADAPTERS
from apps.webhooks.errors import AdapterFixed, AdapterUnknown, SecretInvalid
from apps.webhooks.features import MANAGE, SECRETS
from apps.webhooks.models import InboundEndpoint
from apps.webhooks.services.checks import number_complaints
from apps.webhooks.services.secrets import GRACE_HOURS, LONGEST_GRACE, SHOWN

TEXTS: Final = ("name", "description")


@dataclass(frozen=True, slots=True)
class IssuedEndpoint:
    """An endpoint and its secret, which is shown to whoever asked for it and never again."""

    endpoint: InboundEndpoint
    secret: str

    def __repr__(self) -> str:
        """Name the endpoint, not the secret."""
        return f"<issued {self.endpoint.pk}>"

    @property
    def record(self) -> InboundEndpoint:
        """The endpoint, as pages and answers of every issued secret call it."""
        return self.endpoint


def creation_example(scope: Scope) -> dict[str, Any]:
    """An endpoint that the organization has not got, for examples."""
    return {"name": f"Example {uuid7().hex[-12:]}", "adapter": "standard"}


@command("webhooks.endpoint.create", feature=MANAGE, example=creation_example, secret=("secret",))
def create_endpoint(
    *, name: str, adapter: str = "standard", description: str = "", is_active: bool = True, secret: str = ""
) -> IssuedEndpoint:
    """Add an endpoint to the organization; without a secret the kind of sender makes one.

    Raises OrganizationRequired, and InvalidInput with every complaint.
    """
    found = ADAPTERS.get(adapter)
    given = secret or (found.new_secret() if found else "")
    endpoint = InboundEndpoint(
        organization_id=current_scope().writing_organization(),
        name=name,
        adapter=adapter,
        description=description,
        is_active=is_active,
        secret=given,
    )
    demand_valid(endpoint, TEXTS, more=tuple(_complaints(adapter, given)))
    endpoint.save(force_insert=True)
    about(endpoint)
    return IssuedEndpoint(endpoint, given)


def _existing_example(scope: Scope) -> dict[str, Any]:
    return {"endpoint_id": create_endpoint(**creation_example(scope)).endpoint.pk}


def _update_example(scope: Scope) -> dict[str, Any]:
    return {**_existing_example(scope), "name": "Renamed"}


@command("webhooks.endpoint.update", feature=MANAGE, example=_update_example)
def update_endpoint(
    endpoint_id: UUID,
    *,
    name: str | None = None,
    adapter: str | None = None,
    description: str | None = None,
    is_active: bool | None = None,
) -> InboundEndpoint:
    """Change what is given; `adapter` may only repeat what it was. Raises RowNotFound, AdapterFixed, InvalidInput."""
    endpoint = load_living(InboundEndpoint, endpoint_id)
    if adapter not in {None, endpoint.adapter}:
        raise AdapterFixed(errors=(FieldError("adapter", AdapterFixed.code, str(AdapterFixed.message)),))
    given = {"name": name, "description": description, "is_active": is_active}
    for field, value in given.items():
        if value is not None:
            setattr(endpoint, field, value)
    demand_valid(endpoint, TEXTS)
    endpoint.save(update_fields=[*given, "version"])
    return endpoint


@command("webhooks.endpoint.rotate_secret", feature=SECRETS, undoable=False, undo_reason=SHOWN, secret=("secret",))
def rotate_endpoint_secret(endpoint_id: UUID, *, secret: str = "", grace_hours: int = GRACE_HOURS) -> IssuedEndpoint:
    """Give the endpoint another secret, made where none is given; the former one is good for the grace.

    Raises RowNotFound, InvalidInput.
    """
    endpoint = load_living(InboundEndpoint, endpoint_id)
    found = ADAPTERS.get(endpoint.adapter)
    given = secret or (found.new_secret() if found else "")
    complaints = (
        *_complaints(endpoint.adapter, given),
        *number_complaints("grace_hours", grace_hours, 0, LONGEST_GRACE),
    )
    if complaints:
        raise InvalidInput(errors=complaints)
    endpoint.former_secret, endpoint.secret = endpoint.secret, given
    endpoint.former_until = clock.now() + timedelta(hours=grace_hours)
    endpoint.save(update_fields=["secret", "former_secret", "former_until", "version"])
    return IssuedEndpoint(endpoint, given)


@command("webhooks.endpoint.delete", feature=MANAGE, example=_existing_example)
def delete_endpoint(endpoint_id: UUID) -> InboundEndpoint:
    """Hide an endpoint; its address answers 404 from then on, what came in stays. Raises RowNotFound."""
    endpoint = load_living(InboundEndpoint, endpoint_id)
    keep_pointers_out(endpoint)
    hide(endpoint)
    return endpoint


def _complaints(adapter: str, secret: str) -> Iterator[FieldError]:
    found = ADAPTERS.get(adapter)
    if found is None:
        yield FieldError("adapter", AdapterUnknown.code, str(AdapterUnknown.message))
    elif not found.is_secret(secret):
        yield FieldError("secret", SecretInvalid.code, str(SecretInvalid.message))
