"""Configurations of fetching: which provider, with which options, at which time of day."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from apps.currencies.contracts import RATE_PROVIDERS, Options
from apps.currencies.errors import OptionsInvalid, ProviderFixed, ProviderUnknown, TimeZoneUnknown
from apps.currencies.features import MANAGE_FETCH
from apps.currencies.models import RateFetchConfig
from apps.currencies.selectors import fetch_configs
from apps.directory.contracts import TenantBook
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.errors import Duplicate
from apps.kernel.commands.loading import keep_pointers_out, load_for_update
from apps.kernel.errors import FieldError
from apps.kernel.ids import uuid7
from apps.kernel.references.usages import release
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, current_scope
from apps.kernel.work.models import Schedule
from apps.kernel.work.schedules import remove_schedule, set_schedule

SCHEDULED: Final = "currencies.fetch_scheduled"
USUAL_TIME = "17:00"  # the European banks have published by then
LARGEST_OPTIONS = 8_192
FIELDS = ("fetch_at",)


def creation_example(scope: Scope) -> dict[str, Any]:
    """A configuration that the organization has not got, for examples."""
    columns = {"from": "Currency", "rate": "Rate", "date": "Day"}
    table = {"url": "https://rates.example.org/today.csv", "format": "csv", "to": "EUR", "columns": columns}
    return {"provider": "file", "options": {**table, "source": f"example-{uuid7().hex[-12:]}"}}


@command("currencies.rate_fetch_config.create", feature=MANAGE_FETCH, example=creation_example)
def create_fetch_config(
    *,
    provider: str,
    options: Options | None = None,
    is_enabled: bool = True,
    fetch_at: str = USUAL_TIME,
    time_zone: str = "",
) -> RateFetchConfig:
    """Have rates fetched every day; without a time zone the tenant's own counts.

    Raises InvalidInput with every complaint, Duplicate for a source that the organization has already.
    """
    config = RateFetchConfig(
        provider=provider,
        options=_without_gaps(options),
        is_enabled=is_enabled,
        fetch_at=fetch_at,
        time_zone=time_zone or service(TenantBook).profile().time_zone,
    )
    _demand_sound(config, current_scope().writing_organization())
    config.save(force_insert=True)
    _schedule(config)
    return config


def _existing_example(scope: Scope) -> dict[str, Any]:
    return {"config_id": create_fetch_config(**creation_example(scope)).pk}


def _update_example(scope: Scope) -> dict[str, Any]:
    return {**_existing_example(scope), "fetch_at": "06:30", "is_enabled": False}


@command("currencies.rate_fetch_config.update", feature=MANAGE_FETCH, example=_update_example)
def update_fetch_config(
    config_id: UUID,
    *,
    provider: str | None = None,
    options: Options | None = None,
    is_enabled: bool | None = None,
    fetch_at: str | None = None,
    time_zone: str | None = None,
) -> RateFetchConfig:
    """Change when and what is fetched; None leaves a field as it is, options are replaced as a whole.

    `provider` may only repeat what it was. Raises RowNotFound, ProviderFixed, InvalidInput, Duplicate.
    """
    config = load_for_update(RateFetchConfig, config_id)
    if provider not in {None, config.provider}:
        raise ProviderFixed(errors=(FieldError("provider", ProviderFixed.code, str(ProviderFixed.message)),))
    changes = {"is_enabled": is_enabled, "fetch_at": fetch_at, "time_zone": time_zone}
    for field, value in changes.items():
        if value is not None:
            setattr(config, field, value)
    if options is not None:
        config.options = _without_gaps(options)
    _demand_sound(config, config.organization_id)
    config.save(update_fields=["options", "source", *changes, "version"])
    _schedule(config)
    return config


@command("currencies.rate_fetch_config.delete", feature=MANAGE_FETCH, example=_existing_example)
def delete_fetch_config(config_id: UUID) -> RateFetchConfig:
    """Fetch no longer; rates and the log stay. Raises RowNotFound, InUse with counts."""
    config = load_for_update(RateFetchConfig, config_id)
    keep_pointers_out(config)
    release(RateFetchConfig.entity_id, [config.pk])
    for schedule_id in Schedule.objects.filter(kind=SCHEDULED, ref_id=config.pk).values_list("pk", flat=True):
        remove_schedule(schedule_id)
    RateFetchConfig.objects.filter(pk=config.pk).delete()
    return config


def _without_gaps(options: Any) -> Any:
    """The options that are given; what is no object is complained about later."""
    if not isinstance(options, Mapping):
        return {} if options is None else options
    return {name: value for name, value in options.items() if value is not None}


def _demand_sound(config: RateFetchConfig, organization_id: UUID) -> None:
    """Check everything, and work out the source. Raises InvalidInput with all complaints, Duplicate."""
    demand_valid(config, FIELDS, more=tuple(_complaints(config)))
    config.source = RATE_PROVIDERS[config.provider].source_of(config.options)
    if fetch_configs(organization_id).filter(source=config.source).exclude(pk=config.pk).exists():
        text = _("The organization fetches from {source} already.").format(source=config.source)
        field = "provider" if config.source == config.provider else "options.source"
        raise Duplicate(errors=(FieldError(field, Duplicate.code, text),), fields=field)


def _complaints(config: RateFetchConfig) -> Iterator[FieldError]:
    provider = RATE_PROVIDERS.get(config.provider)
    if provider is None:
        yield FieldError("provider", ProviderUnknown.code, str(ProviderUnknown.message))
    elif not isinstance(config.options, dict):
        yield FieldError("options", OptionsInvalid.code, _("Options are an object."))
    elif len(json.dumps(config.options, default=str)) > LARGEST_OPTIONS:
        yield FieldError("options", OptionsInvalid.code, _("The options are too long."))
    else:
        yield from provider.complaints(config.options)
    if not _is_zone(config.time_zone):
        yield FieldError("time_zone", TimeZoneUnknown.code, str(TimeZoneUnknown.message))


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # malformed, a folder, unknown
        return False
    return True


def _schedule(config: RateFetchConfig) -> None:
    hour, minute = map(int, config.fetch_at.split(":"))
    set_schedule(
        SCHEDULED,
        ref_id=config.pk,
        cron=f"{minute} {hour} * * *",
        time_zone=config.time_zone,
        enabled=config.is_enabled,
    )
