"""Channels: adding, changing, hiding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.defaults import unmark
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import keep_pointers_out
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.errors import FieldError
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Scope, current_scope
from apps.sales.features import MANAGE_CHANNELS
from apps.sales.models import Channel
from apps.sales.services.defaults import (
    default_complaints,
    hold_default,
    living_held,
    others_of,
    pass_default_on,
)

FIELDS = (
    "name",
    "code",
    "description",
    "website_url",
    "contact_email",
    "is_active",
    "is_default",
    "allow_direct_orders",
)


def _new_channel(scope: Scope) -> dict[str, Any]:
    return {"name": "Web shop", "code": f"web-{uuid7().hex[-8:]}", "contact_email": "shop@example.org"}


def _some_channel(scope: Scope) -> dict[str, Any]:
    return {"channel_id": create_channel(**_new_channel(scope)).pk}


def _changed_channel(scope: Scope) -> dict[str, Any]:
    return {**_some_channel(scope), "name": "Shop", "is_default": True}


@command("sales.channel.create", feature=MANAGE_CHANNELS, example=_new_channel)
def create_channel(
    *,
    name: str,
    code: str,
    description: str = "",
    website_url: str = "",
    contact_email: str | None = None,
    is_active: bool = True,
    is_default: bool = False,
    allow_direct_orders: bool = False,
    custom_fields: Mapping[str, Any] | None = None,
) -> Channel:
    """Add a channel; the first active one of an organization is the default. Raises InvalidInput, Duplicate."""
    channel = Channel(
        organization_id=current_scope().writing_organization(),
        name=name,
        code=code,
        description=description,
        website_url=website_url,
        contact_email=contact_email,
        is_active=is_active,
        is_default=is_default,
        allow_direct_orders=allow_direct_orders,
    )
    channel.take(custom_fields)
    hold_default(Channel, channel.organization_id)
    others = others_of(channel)
    channel.is_default = is_default or (is_active and not any(other.is_default for other in others))
    _demand_sound(channel)
    if channel.is_default:
        unmark(others)
    channel.save(force_insert=True)
    return channel


@command("sales.channel.update", feature=MANAGE_CHANNELS, example=_changed_channel)
def update_channel(
    channel_id: UUID,
    *,
    name: str | Unchanged = UNCHANGED,
    code: str | Unchanged = UNCHANGED,
    description: str | Unchanged = UNCHANGED,
    website_url: str | Unchanged = UNCHANGED,
    contact_email: str | Unchanged | None = UNCHANGED,
    is_active: bool | Unchanged = UNCHANGED,
    is_default: bool | Unchanged = UNCHANGED,
    allow_direct_orders: bool | Unchanged = UNCHANGED,
    custom_fields: Mapping[str, Any] | None = None,
) -> Channel:
    """Change what is given; the default one stays it until another is. Raises RowNotFound, InvalidInput, Duplicate.

    Custom values are merged; None under a key removes one.
    """
    channel = living_held(Channel, channel_id)
    complaints = default_complaints(channel, is_default)
    changed = set_given(
        channel,
        name=name,
        code=code,
        description=description,
        website_url=website_url,
        contact_email=contact_email,
        is_active=is_active,
        is_default=is_default,
        allow_direct_orders=allow_direct_orders,
    )
    channel.take(custom_fields)
    _demand_sound(channel, complaints)
    if is_default is True:
        unmark(others_of(channel))
    channel.save(update_fields=[*changed, "version"])
    return channel


@command("sales.channel.delete", feature=MANAGE_CHANNELS, example=_some_channel)
def delete_channel(channel_id: UUID) -> Channel:
    """Hide a channel; another one takes the place of the default. Raises RowNotFound, InUse with counts."""
    channel = living_held(Channel, channel_id)
    keep_pointers_out(channel)
    hide(channel)
    pass_default_on(channel)
    return channel


def _demand_sound(channel: Channel, complaints: Sequence[FieldError] = ()) -> None:
    channel.contact_email = channel.contact_email or None
    more = list(complaints)
    if channel.is_default and not channel.is_active and not complaints:
        more.append(FieldError("is_active", "sales.channel.default_inactive", _("The default channel is in use.")))
    demand_valid(channel, FIELDS, more=more)
