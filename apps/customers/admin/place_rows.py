"""Companies that a person works for, in the person's form: the roles in each, and which one is primary."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from apps.customers.models import Company, PersonCompany
from apps.customers.selectors import roles_at
from apps.customers.selectors.overview import values_of
from apps.customers.services.employment_roles import ROLES
from apps.dictionaries.contracts import DictionaryBook
from apps.kernel.admin.inlines import CommandFormSet, CommandTabularInline
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service

if TYPE_CHECKING:
    RowForm = forms.ModelForm[PersonCompany]
else:
    RowForm = forms.ModelForm

Choices = Mapping[UUID, str]


class PlaceForm(RowForm):
    """One company; roles that it has already are offered even where the dictionary no longer does."""

    role_ids: Any = forms.TypedMultipleChoiceField(
        label=_("Roles"), required=False, coerce=UUID, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    def __init__(self, *args: Any, offered: Choices, held: Mapping[UUID, Choices], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = held.get(self.instance.pk, {})
        roles: Any = self.fields.get("role_ids")
        if roles is not None:
            roles.choices = list({**offered, **own}.items())
            self.initial["role_ids"] = list(own)


class PlaceFormSet(CommandFormSet):
    """All companies of a person; what the rows have and are offered is read once."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """The roles of all rows, and those on offer."""
        return {**super().get_form_kwargs(index), "offered": self.offered, "held": self.held}

    @cached_property
    def offered(self) -> Choices:
        """What the dictionary offers."""
        return {item.id: item.label for item in service(DictionaryBook).entries(ROLES)}

    @cached_property
    def held(self) -> Mapping[UUID, Choices]:
        """What each place of work has; two queries."""
        found = roles_at([row.pk for row in self.get_queryset()])
        facts = values_of(role for roles in found.values() for role in roles)
        return {place: {role: facts[role].label for role in roles if role in facts} for place, roles in found.items()}


class PlaceRows(CommandTabularInline):
    """Companies that a person works for."""

    model = PersonCompany
    form = PlaceForm
    formset = PlaceFormSet
    argument = "companies"
    fields = ("company", "role_ids", "is_primary")
    ordering = ("-is_primary", "created_at", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows with the companies that the reader sees, whose names stand above them."""
        seen = ENTITIES[Company.entity_id].living()
        return super().get_queryset(request).filter(company__in=seen.values("pk")).select_related("person", "company")
