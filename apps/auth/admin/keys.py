"""Back office pages of API keys. A new secret stands on the page that answers its making, and on no other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.auth.admin.key_forms import ApiKeyForm, NewApiKeyForm, OverlapFields
from apps.auth.admin.refusals import BoundaryPage
from apps.auth.features import MANAGE_API_KEYS, VIEW_API_KEYS
from apps.auth.models import ApiKey
from apps.auth.services.key_boundary import only_visible
from apps.auth.services.key_facts import KeyFacts, KeyState, facts_of, in_state, with_prefix
from apps.auth.services.keys import create_api_key, revoke_api_key, rotate_api_key, update_api_key
from apps.kernel.admin.buttons import RecordCommand
from apps.kernel.admin.filters import SelectFilter
from apps.kernel.admin.handing_out import handing_out
from apps.kernel.admin.issuing import ONCE, IssuingPage, SecretWords
from apps.kernel.admin.registration import register
from apps.kernel.registry.entities import ENTITIES

ORGANIZATION = "directory.organization"
MOST_NAMES = 3
GRANTS = ("roles", "features", "everywhere", "organizations")
TERMS = ("addresses", "per_minute", "expires_at")
USE = ("state", "prefix", "last_used", "overlap", "owner")
GRANTS_SHOWN = ("role_names", "own_features", "where")
TERMS_SHOWN = ("networks", "per_minute", "expires_at")
RENEWING = gettext_lazy("The key keeps its name and permissions, and gets a new secret that is shown once.")
ENDING = gettext_lazy("Programs with this key are refused from their next request on. A revoked key never comes back.")


class ByState(SelectFilter):
    """Keys that work, or do not for one reason."""

    title, parameter_name = gettext_lazy("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        """The states."""
        return [(state.value, str(state.label)) for state in KeyState]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Keys in the chosen one."""
        value = self.value()
        if not value:
            return queryset
        return queryset.filter(in_state(value)) if value in KeyState.values else queryset.none()


@register(ApiKey)
class ApiKeyPage(IssuingPage, BoundaryPage):
    """Keys with which programs call the REST interface."""

    create_command = handing_out(create_api_key)
    update_command = update_api_key
    view_feature = VIEW_API_KEYS
    manage_feature = MANAGE_API_KEYS
    form = ApiKeyForm
    secret_words = SecretWords(
        title=gettext_lazy("New key"),
        heading=gettext_lazy("Key for “%(name)s”"),
        warning=gettext_lazy(
            "Copy it now. It is shown this once and kept nowhere: whoever loses it needs a new secret."
        ),
        label=gettext_lazy("The key"),
        use=gettext_lazy("Programs send it with each request:"),
    )
    icon = "vpn_key"
    order = 40
    empty_hint = gettext_lazy("Make a key for each program that calls the REST interface, so that each can be ended.")
    list_display = ("name", "prefix", "role_names", "where", "last_used", "expires_at", "state")
    list_filter = (ByState,)
    search_fields = ("name",)
    search_help_text = gettext_lazy("Part of a name, or the beginning of a key")
    ordering = ("name",)
    readonly_fields = (*USE, *GRANTS_SHOWN, "networks")
    buttons = (
        RecordCommand(
            "rotate",
            handing_out(rotate_api_key),
            gettext_lazy("New secret"),
            icon="autorenew",
            confirm=RENEWING,
            form=OverlapFields,
            shown=lambda key: key.revoked_at is None,
        ),
        RecordCommand(
            "revoke",
            revoke_api_key,
            gettext_lazy("Revoke"),
            icon="block",
            confirm=ENDING,
            shown=lambda key: key.revoked_at is None,
            in_row=True,
            dangerous=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[ApiKey]:
        """Keys that the actor may see."""
        return only_visible(super().get_queryset(request))

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """The beginning of a key finds it, as a leaked key or a log may show it."""
        if search_term.startswith("mk_"):
            return queryset.filter(with_prefix(search_term.partition(".")[0])), False
        return super().get_search_results(request, queryset, search_term)

    takes_added = False  # making one gives a secret besides the key

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """Revoked keys are only looked at."""
        return super().has_change_permission(request, obj) and (obj is None or obj.revoked_at is None)

    def get_fieldsets(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        """The form, or for readers what it would hold."""
        writes = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        parts = [
            (None, {"fields": ("name", "description") if obj else ("name", "description", ONCE)}),
            (_("What it may do"), {"fields": GRANTS if writes else GRANTS_SHOWN}),
            (_("From where, how often, until when"), {"fields": TERMS if writes else TERMS_SHOWN}),
        ]
        return [*parts, (_("Use"), {"fields": USE})] if obj else parts

    def get_form(self, request: HttpRequest, obj: ApiKey | None = None, change: bool = False, **kwargs: Any) -> Any:
        """A new key is made once for each form."""
        if not change:
            kwargs["form"] = NewApiKeyForm
        return super().get_form(request, obj, change=change, **kwargs)

    def command_input(self, request: HttpRequest, form: Any, formsets: Any) -> dict[str, Any]:
        """The form's two answers about organizations become one list, or None; an end that was left alone stays."""
        given = super().command_input(request, form, formsets)
        everywhere, listed = given.pop("everywhere"), given.pop("organizations")
        if "expires_at" not in form.changed_data:
            given.pop("expires_at")
        return {**given, "organization_ids": None if everywhere else listed}

    def example_of(self, record: ApiKey) -> str:
        """The header."""
        return "X-Api-Key: mk_…"

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Fetch what stands beside the columns for a whole page at once."""
        facts = facts_of(rows)
        names = _organization_names({item for row in rows for item in row.organization_ids or ()})
        for row in rows:
            row.shown_facts, row.organization_names = facts[row.pk], names

    @admin.display(description=gettext_lazy("state"))
    def state(self, key: ApiKey) -> str:
        """Whether it works."""
        return format_html('<span class="ag-badge">{}</span>', self._facts(key).state.label)

    @admin.display(description=gettext_lazy("begins with"))
    def prefix(self, key: ApiKey) -> str:
        """The shown part of the newest secret."""
        return format_html("<code>{}</code>", self._facts(key).prefix or "—")

    @admin.display(description=gettext_lazy("last used"))
    def last_used(self, key: ApiKey) -> Any:
        """When any of its secrets was used."""
        return self._facts(key).last_used_at or _("never")

    @admin.display(description=gettext_lazy("former secret works until"))
    def overlap(self, key: ApiKey) -> Any:
        """The end of the overlap after a rotation."""
        return self._facts(key).overlap_until

    @admin.display(description=gettext_lazy("owner"))
    def owner(self, key: ApiKey) -> str:
        """Who answers for it."""
        return self._facts(key).owner or _("nobody; revoke it by hand")

    @admin.display(description=gettext_lazy("roles"))
    def role_names(self, key: ApiKey) -> str:
        """Names of its roles."""
        return ", ".join(name for _id, name in self._facts(key).roles) or "—"

    @admin.display(description=gettext_lazy("permissions of its own"))
    def own_features(self, key: ApiKey) -> str:
        """The grants, one below the other."""
        return format_html_join("", "<div>{}</div>", ((line,) for line in sorted(key.features))) or "—"

    @admin.display(description=gettext_lazy("addresses"))
    def networks(self, key: ApiKey) -> str:
        """The networks, one below the other."""
        return format_html_join("", "<div>{}</div>", ((line,) for line in key.addresses)) or _("from anywhere")

    @admin.display(description=gettext_lazy("organizations"))
    def where(self, key: ApiKey) -> str:
        """Where it may be used."""
        if key.organization_ids is None:
            return _("as its roles") if self._facts(key).roles else _("everywhere")
        if not hasattr(key, "organization_names"):
            self.prepare_rows(HttpRequest(), [key])
        names: dict[UUID, str] = getattr(key, "organization_names", {})
        shown = [names.get(item, _("(not available)")) for item in key.organization_ids[:MOST_NAMES]]
        more = len(key.organization_ids) - len(shown)
        return ", ".join(shown) + (f" +{more}" if more > 0 else "") or _("none")

    def _facts(self, key: ApiKey) -> KeyFacts:
        if not hasattr(key, "shown_facts"):
            self.prepare_rows(HttpRequest(), [key])
        facts: KeyFacts = getattr(key, "shown_facts")  # noqa: B009 - not a column, so no attribute of the class
        return facts


def _organization_names(ids: set[UUID]) -> dict[UUID, str]:
    entity = ENTITIES.get(ORGANIZATION)
    return entity.labels(ids) if entity and ids else {}
