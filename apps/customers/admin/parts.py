"""What belongs to a person or company, in its form: ways to reach them, addresses, tags, groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.customers.models import (
    Address,
    ContactPoint,
    Customer,
    CustomerGroup,
    CustomerRecord,
    Tag,
)
from apps.customers.selectors import groups_of, tags_of
from apps.kernel.admin.forms import CommandForm
from apps.kernel.admin.inlines import CommandFormSet, CommandStackedInline, CommandTabularInline
from apps.kernel.crypto.fields import EncryptedTextField
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import current_scope

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
                is_new = self.instance._state.adding
                held = [] if is_new else held_by([self.instance.pk]).get(self.instance.pk, [])
                self.initial[name] = held
                fields[name].queryset = self._choices(model, held).order_by(*ORDERS[name])

    def _choices(self, model: type[Tag | CustomerGroup], held: Sequence[UUID]) -> QuerySet[Any]:
        """Marks of the customer's own organization, and those of others that the customer has."""
        rows: QuerySet[Any] = ENTITIES[model.entity_id].living()
        own = current_scope().organization_id if self.instance._state.adding else self.instance.organization_id
        return rows.filter(Q(organization_id=own) | Q(pk__in=held)) if own else rows


ORDERS = {"tag_ids": ("label", "pk"), "group_ids": ("rank", "name", "pk")}
