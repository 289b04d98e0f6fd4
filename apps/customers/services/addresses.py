"""Postal addresses one by one: adding, changing, taking away."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.customers.models import Address, Purpose
from apps.customers.services.people import create_person
from apps.customers.services.reaching import ADDRESSES
from apps.customers.services.single_rows import CUSTOMER, OPEN, add_row, change_row, remove_row
from apps.kernel.commands.declarations import command
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged
from apps.kernel.tenancy.scope import Scope

SECRET = ("recipient", "line1", "line2", "postal_code", "city")


def _new_address(scope: Scope) -> dict[str, Any]:
    place = {"line1": "St James's Square 12", "city": "London", "country": "GB"}
    return {"customer_id": create_person(first_name="Ada").pk, "purpose": "office", **place}


def _some_address(scope: Scope) -> dict[str, Any]:
    return {"address_id": create_address(**_new_address(scope)).pk}


def _changed_address(scope: Scope) -> dict[str, Any]:
    return {**_some_address(scope), "purpose": "home", "postal_code": "SW1Y 4JH"}


@command("customers.address.create", open_reason=OPEN, resource=CUSTOMER, secret=SECRET, example=_new_address)
def create_address(
    customer_id: UUID,
    *,
    line1: str,
    purpose: str = Purpose.OFFICE,
    is_primary: bool = False,
    recipient: str = "",
    line2: str = "",
    postal_code: str = "",
    city: str = "",
    region: str = "",
    country: str = "",
) -> Address:
    """Add an address to a customer; the first one of its purpose is the primary one.

    Raises InvalidInput with all complaints, FeatureRequired, RecordReadOnly, PersonErased.
    """
    given = {name: value for name, value in locals().items() if name != "customer_id"}
    return add_row(ADDRESSES, customer_id, given)


@command("customers.address.update", open_reason=OPEN, resource=CUSTOMER, secret=SECRET, example=_changed_address)
def update_address(
    address_id: UUID,
    *,
    line1: str | Unchanged = UNCHANGED,
    purpose: str | Unchanged = UNCHANGED,
    is_primary: bool | Unchanged = UNCHANGED,
    recipient: str | Unchanged = UNCHANGED,
    line2: str | Unchanged = UNCHANGED,
    postal_code: str | Unchanged = UNCHANGED,
    city: str | Unchanged = UNCHANGED,
    region: str | Unchanged = UNCHANGED,
    country: str | Unchanged = UNCHANGED,
) -> Address:
    """Change what is given; a primary one stays it until another is.

    Raises RowNotFound, InvalidInput with all complaints, FeatureRequired, RecordReadOnly.
    """
    given = {name: value for name, value in locals().items() if name != "address_id"}
    return change_row(ADDRESSES, address_id, given)


@command("customers.address.delete", open_reason=OPEN, resource=CUSTOMER, example=_some_address)
def delete_address(address_id: UUID) -> Address:
    """Take an address away; of a primary one the oldest of its purpose takes the place.

    Raises RowNotFound, FeatureRequired, RecordReadOnly.
    """
    return remove_row(ADDRESSES, address_id)
