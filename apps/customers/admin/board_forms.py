"""Forms of the board: a deal in few words, and what a stage demands of the deals that enter it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.customers.models import Deal, DealCompany, DealField, DealPerson
from apps.kernel.admin.dressing import dress
from apps.kernel.admin.fields import ReferenceChoice, ReferenceSelect
from apps.kernel.admin.labels import Labels
from apps.kernel.admin.moments import DayInput
from apps.kernel.references.fields import ReferenceField

LINKS = {DealField.PEOPLE: (DealPerson, "person"), DealField.COMPANIES: (DealCompany, "company")}


class QuickDealForm(forms.Form):
    """A new deal: what it is called, where it begins, perhaps what it is worth."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    stage_id = forms.UUIDField(label=gettext_lazy("Stage"))
    value_amount = forms.DecimalField(
        label=gettext_lazy("Value"), max_digits=19, decimal_places=4, min_value=0, required=False
    )
    value_currency = forms.RegexField(r"^[A-Z]{3}$", label=gettext_lazy("Currency"), required=False)

    def clean(self) -> dict[str, Any]:
        """A currency that stands there already means nothing without an amount."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("value_amount") is None:
            given["value_currency"] = ""
        return given


class DemandsForm(forms.Form):
    """What a stage demands and the deal has not got."""

    def __init__(self, names: Iterable[str], labels: Labels, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in names:
            for key, field in _inputs(DealField(name), labels).items():
                self.fields[key] = field
        dress(self)

    def clean(self) -> dict[str, Any]:
        """A text of blanks is none."""
        given: dict[str, Any] = super().clean() or {}
        if "value_amount" in given and not given.get("value_currency"):
            self.add_error("value_currency", ValidationError(_("Say in which currency.")))
        return given

    def arguments(self) -> dict[str, Any]:
        """The input as the command takes it: a person or company that is chosen becomes the list of them."""
        given = dict(self.cleaned_data)
        for name, (_model, key) in LINKS.items():
            if name in given:
                given[name] = [{f"{key}_id": given[name]}]
        return given


def _inputs(name: DealField, labels: Labels) -> dict[str, forms.Field]:
    label = str(name.label)[:1].upper() + str(name.label)[1:]
    if name in LINKS:
        model, key = LINKS[name]
        return {name: _choice(_as_reference(model, key), label, labels)}
    if name is DealField.VALUE:
        amount = forms.DecimalField(label=label, max_digits=19, decimal_places=4, min_value=0)
        return {name: amount, "value_currency": forms.RegexField(r"^[A-Z]{3}$", label=_("Currency"), max_length=3)}
    if name is DealField.EXPECTED_CLOSE:
        return {name: forms.DateField(label=label, widget=DayInput())}
    if name is DealField.DESCRIPTION:
        return {name: forms.CharField(label=label, max_length=4000, widget=forms.Textarea)}
    field: Any = Deal._meta.get_field(name)
    return {name: _choice(field, label, labels)}


def _choice(field: ReferenceField, label: str, labels: Labels) -> forms.Field:
    return ReferenceChoice(label=label, widget=ReferenceSelect(field, labels))


def _as_reference(model: Any, key: str) -> ReferenceField:
    """A key within the module as what the completing input asks for."""
    found = ReferenceField(model._meta.get_field(key).remote_field.model.entity_id)
    found.set_attributes_from_name(key)
    found.model = model
    return found
