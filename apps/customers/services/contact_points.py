"""E-mails and phones one by one: adding, changing, taking away."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.customers.models import ContactPoint, ContactType
from apps.customers.services.people import create_person
from apps.customers.services.reaching import CONTACT_POINTS
from apps.customers.services.single_rows import CUSTOMER, OPEN, add_row, change_row, remove_row
from apps.kernel.commands.declarations import command
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged
from apps.kernel.tenancy.scope import Scope

SECRET = ("value",)


def _new_point(scope: Scope) -> dict[str, Any]:
    return {"customer_id": create_person(first_name="Ada").pk, "channel": "email", "value": "ada@example.org"}


def _some_point(scope: Scope) -> dict[str, Any]:
    return {"point_id": create_contact_point(**_new_point(scope)).pk}


def _changed_point(scope: Scope) -> dict[str, Any]:
    return {**_some_point(scope), "type": "private", "value": "lovelace@example.org"}


@command("customers.contact_point.create", open_reason=OPEN, resource=CUSTOMER, secret=SECRET, example=_new_point)
def create_contact_point(
    customer_id: UUID, *, channel: str, value: str, type: str = ContactType.WORK, is_primary: bool = False
) -> ContactPoint:
    """Add an e-mail or a phone to a customer; the first one of its channel is the primary one.

    Raises InvalidInput with all complaints, Duplicate, FeatureRequired, RecordReadOnly, PersonErased.
    """
    given = {"channel": channel, "value": value, "type": type, "is_primary": is_primary}
    return add_row(CONTACT_POINTS, customer_id, given)


@command("customers.contact_point.update", open_reason=OPEN, resource=CUSTOMER, secret=SECRET, example=_changed_point)
def update_contact_point(
    point_id: UUID,
    *,
    channel: str | Unchanged = UNCHANGED,
    value: str | Unchanged = UNCHANGED,
    type: str | Unchanged = UNCHANGED,
    is_primary: bool | Unchanged = UNCHANGED,
) -> ContactPoint:
    """Change what is given; a primary one stays it until another is.

    Raises RowNotFound, InvalidInput with all complaints, Duplicate, FeatureRequired, RecordReadOnly.
    """
    return change_row(
        CONTACT_POINTS, point_id, {"channel": channel, "value": value, "type": type, "is_primary": is_primary}
    )


@command("customers.contact_point.delete", open_reason=OPEN, resource=CUSTOMER, example=_some_point)
def delete_contact_point(point_id: UUID) -> ContactPoint:
    """Take an e-mail or a phone away; of a primary one the oldest of its channel takes the place.

    Raises RowNotFound, FeatureRequired, RecordReadOnly.
    """
    return remove_row(CONTACT_POINTS, point_id)
