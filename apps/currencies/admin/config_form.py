"""The form of a fetch configuration: when, and the options of its provider."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.currencies.admin.inputs import day_field
from apps.currencies.admin.options import BEFORE, COLUMNS, initial_options, option_fields
from apps.currencies.contracts import RATE_PROVIDERS
from apps.currencies.services.fetching.sources import today
from apps.directory.contracts import TenantBook
from apps.kernel.admin.forms import CommandForm
from apps.kernel.errors import FieldError, InvalidInput, PlatformError
from apps.kernel.services import service


@lru_cache(maxsize=1)
def _zones() -> tuple[tuple[str, str], ...]:
    return tuple((name, name.replace("_", " ")) for name in sorted(available_timezones()) if name != "localtime")


class FetchConfigForm(CommandForm):
    """When rates are fetched; the provider's options are added by `form_of`."""

    provider = forms.CharField(widget=forms.HiddenInput, required=False)
    fetch_at = forms.CharField(
        label=_("Time of day"),
        max_length=5,
        initial="17:00",
        widget=forms.TextInput(attrs={"type": "time"}),
        help_text=_("Every day at this time. European banks publish the day's rates in the afternoon."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zones)
    is_enabled = forms.BooleanField(label=_("Fetch every day"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.initial["time_zone"] = service(TenantBook).profile().time_zone
        else:
            self.initial.update(initial_options(self.instance.options))


def form_of(provider: str, codes: list[str]) -> type[FetchConfigForm]:
    """The form with the options of a provider."""
    return type("ProviderForm", (FetchConfigForm,), option_fields(provider, codes))


def label_of(provider: str) -> str:
    """A provider's name for people; its id where no installed module offers it."""
    found = RATE_PROVIDERS.get(provider)
    return found.label if found else provider


def placed(refusal: PlatformError | None, fields: Container[str]) -> PlatformError | None:
    """The refusal with complaints about options that have no input of their own where people see them."""
    if refusal is None or not refusal.errors:
        return refusal
    return InvalidInput(errors=tuple(_placed(item, fields) for item in refusal.errors))


def _placed(item: FieldError, fields: Container[str]) -> FieldError:
    if item.field in fields or not item.field.startswith(BEFORE):
        return item if item.field != "provider" else replace(item, field="")
    if f"{item.field}." == COLUMNS and f"{COLUMNS}rate" in fields:
        return replace(item, field=f"{COLUMNS}rate")
    return replace(item, field="", message=f"{item.field.removeprefix(BEFORE)}: {item.message}")


class DaysForm(forms.Form):
    """Which days to fetch now."""

    start = day_field(_("From day"), initial=today, help_text=_("Banks publish nothing at weekends."))
    end = day_field(_("To day"), initial=today)
