"""What belongs to a person or company, in its form: ways to reach them, addresses, tags, groups."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.customers.models import (
    Address,
    Company,
    ContactPoint,
    Customer,
    CustomerGroup,
    CustomerRecord,
    PersonCompany,
    Tag,
)
from apps.customers.selectors import groups_of, tags_of
from apps.kernel.admin.forms import CommandForm
from apps.kernel.admin.inlines import CommandFormSet, CommandStackedInline, CommandTabularInline
from apps.kernel.crypto.fields import EncryptedTextField
from apps.kernel.registry.entities import ENTITIES

ONE_LINE: Any = {EncryptedTextField: {"widget": UnfoldAdminTextInputWidget}}


class CustomerRows(CommandFormSet):
    """Rows of the identity that has the record's id."""

    def __init__(self, data: Any = None, files: Any = None, instance: Any = None, **kwargs: Any) -> None:
        if isinstance(instance, CustomerRecord):
            identity = Customer(pk=instance.pk, kind=instance.kind, name=instance.display_name)
            identity._state.adding = instance._state.adding
            instance = identity
        super().__init__(data=data, files=files, instance=instance, **kwargs)


class ContactPointRows(CommandTabularInline):
    """E-mails and phones."""

    model = ContactPoint
    formset = CustomerRows
    argument = "contact_points"
    fields = ("channel", "type", "value", "is_primary")
    formfield_overrides = ONE_LINE

    def __init__(self, parent_model: Any, admin_site: Any) -> None:
        super().__init__(Customer, admin_site)


class AddressRows(CommandStackedInline):
    """Postal addresses."""

    model = Address
    formset = CustomerRows
    argument = "addresses"
    fields = (
        ("purpose", "is_primary"),
        "recipient",
        ("line1", "line2"),
        ("postal_code", "city"),
        ("region", "country"),
    )
    formfield_overrides = ONE_LINE

    def __init__(self, parent_model: Any, admin_site: Any) -> None:
        super().__init__(Customer, admin_site)


class PlaceRows(CommandTabularInline):
    """Companies that a person works for."""

    model = PersonCompany
    argument = "companies"
    fields = ("company", "role_id", "is_primary")
    ordering = ("-is_primary", "created_at", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows with the companies that the reader sees, whose names stand above them."""
        seen = ENTITIES[Company.entity_id].living()
        return super().get_queryset(request).filter(company__in=seen.values("pk")).select_related("person", "company")


class CustomerForm(CommandForm):
    """A person or company, with the tags and groups to choose from."""

    tag_ids: Any = forms.ModelMultipleChoiceField(
        queryset=None, label=_("Tags"), required=False, widget=forms.CheckboxSelectMultiple
    )
    group_ids: Any = forms.ModelMultipleChoiceField(
        queryset=None, label=_("Groups"), required=False, widget=forms.CheckboxSelectMultiple
    )
    lookalikes_seen = forms.BooleanField(label=_("Save anyway"), required=False)
    MARKS: ClassVar = (("tag_ids", Tag, tags_of), ("group_ids", CustomerGroup, groups_of))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for name, model, held_by in self.MARKS:
            if name in fields:
                fields[name].queryset = ENTITIES[model.entity_id].living().order_by(*ORDERS[name])
                is_new = self.instance._state.adding
                self.initial[name] = [] if is_new else held_by([self.instance.pk]).get(self.instance.pk, [])


ORDERS = {"tag_ids": ("label", "pk"), "group_ids": ("rank", "name", "pk")}
