"""Inputs of forms: one for each field, by its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from apps.dictionaries.contracts import DictionaryBook
from apps.entities.calculations.canonical import is_empty
from apps.entities.contracts import FieldDefinition, Kind
from apps.entities.selectors.book import fields_now, own_place
from apps.entities.selectors.showing import shown_values, target_of
from apps.kernel.admin.moments import DayInput, MomentInput
from apps.kernel.services import service

Build = Callable[[FieldDefinition], forms.Field]
YES_OR_NO: Final = (("", "—"), ("true", _("Yes")), ("false", _("No")))


class AmountInput(forms.MultiWidget):
    """An amount and its currency."""

    def __init__(self, attrs: Any = None) -> None:
        amount = forms.TextInput(attrs={"inputmode": "decimal"})
        currency = forms.TextInput(attrs={"maxlength": 3, "size": 4, "placeholder": "EUR"})
        super().__init__([amount, currency], attrs)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Both in one line."""
        return format_html('<div class="flex gap-2 max-w-2xl">{}</div>', super().render(name, value, attrs, renderer))

    def decompress(self, value: Any) -> list[Any]:
        """Amount and currency apart."""
        return [value["amount"], value["currency"]] if isinstance(value, Mapping) else [None, None]


class AmountField(forms.MultiValueField):
    """Amount and currency, both or neither; whether they are right is for the command to say."""

    widget = AmountInput

    def __init__(self, **options: Any) -> None:
        inner = (forms.CharField(required=False), forms.CharField(required=False))
        super().__init__(fields=inner, require_all_fields=False, **options)

    def compress(self, data_list: Any) -> Any:
        """What the command is given."""
        amount, currency = [*(data_list or []), "", ""][:2]
        if not amount and not currency:
            return None
        return {"amount": (amount or "").replace(",", "."), "currency": (currency or "").strip().upper()}


class NumberField(forms.CharField):
    """A number as people type it; a comma is taken for a point. Whether it is one, the command says."""

    def to_python(self, value: Any) -> Any:
        """The number, or the text that is none."""
        text = (super().to_python(value) or "").strip().replace(",", ".")
        try:
            number = Decimal(text) if text else None
        except InvalidOperation:
            return text
        return number


class WholeField(NumberField):
    """A whole number."""

    def to_python(self, value: Any) -> Any:
        """The number, or what is none."""
        number = super().to_python(value)
        is_whole = isinstance(number, Decimal) and number.is_finite() and number.adjusted() < 30
        return int(number) if is_whole and number == number.to_integral_value() else number


class ClaimField(forms.ChoiceField):
    """Yes, no, or nothing said."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=YES_OR_NO, **options)

    def prepare_value(self, value: Any) -> Any:
        """The choice of a stored value."""
        return {True: "true", False: "false"}.get(value, value)

    def clean(self, value: Any) -> Any:
        """The claim, None for nothing said."""
        return {"true": True, "false": False}.get(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare the claims."""
        return super().has_changed(self.prepare_value(initial), data)


def _choices(field: FieldDefinition) -> list[tuple[str, str]]:
    return [(option.value, str(option.label)) for option in field.options]


def _entries(field: FieldDefinition) -> list[tuple[str, str]]:
    """Values of the nearest dictionary of the field's key, in its order; none without the module that has them."""
    if not target_of(field):
        return []
    return [(str(entry.id), entry.label) for entry in service(DictionaryBook).entries(field.dictionary)]


def _choosing(field: FieldDefinition, held: Any) -> forms.Field:
    """A choice of entries, and of what is held: its dictionary may be off, or another one nearer by now."""
    choices = _entries(field)
    if held and target_of(field) and str(held) not in dict(choices):
        entry = service(DictionaryBook).entry(UUID(str(held)))
        choices += [(str(held), entry.label)] if entry is not None else []
    return forms.ChoiceField(choices=[("", "—"), *choices])


def _number(widget: str) -> Any:
    return forms.TextInput(attrs={"inputmode": widget})


INPUTS: Final[Mapping[Kind, Build]] = {
    Kind.TEXT: lambda field: forms.CharField(),
    Kind.MULTILINE: lambda field: forms.CharField(widget=forms.Textarea(attrs={"rows": 4})),
    Kind.RICHTEXT: lambda field: forms.CharField(widget=forms.Textarea(attrs={"rows": 6})),
    Kind.INTEGER: lambda field: WholeField(widget=_number("numeric")),
    Kind.DECIMAL: lambda field: NumberField(widget=_number("decimal")),
    Kind.BOOLEAN: lambda field: ClaimField(),
    Kind.DATE: lambda field: forms.DateField(widget=DayInput()),
    Kind.DATETIME: lambda field: forms.DateTimeField(widget=MomentInput()),
    Kind.SELECT: lambda field: forms.ChoiceField(choices=[("", "—"), *_choices(field)]),
    Kind.MULTISELECT: lambda field: forms.MultipleChoiceField(
        choices=_choices(field), widget=forms.CheckboxSelectMultiple
    ),
    Kind.CURRENCY: lambda field: AmountField(),
    Kind.RELATION: lambda field: forms.UUIDField(),
    Kind.FILE: lambda field: forms.UUIDField(),
    Kind.URL: lambda field: forms.CharField(widget=forms.URLInput),
    Kind.EMAIL: lambda field: forms.CharField(widget=forms.EmailInput),
    Kind.PHONE: lambda field: forms.CharField(widget=forms.TextInput(attrs={"type": "tel"})),
}


def form_fields(entity: str, stored: Mapping[str, Any] | None) -> dict[str, forms.Field]:
    """Inputs of the visible fields by key. What they take is judged by the command, which knows every rule."""
    fields = fields_now(entity).of(own_place(entity))
    values = shown_values(entity, [stored])[0] if stored is not None else {}
    found = {}
    for key, field in fields.items():
        if field.is_visible:
            value = values.get(key) if stored is not None else field.default
            found[key] = _input(field, None if is_empty(value) else value)
    return found


def _input(field: FieldDefinition, value: Any) -> forms.Field:
    found = _choosing(field, value) if field.kind is Kind.DICTIONARY else INPUTS[field.kind](field)
    found.required = False
    found.label = str(field.label)
    found.help_text = str(field.help)
    found.initial = datetime.fromisoformat(value) if field.kind is Kind.DATETIME and value else value
    if field.is_required:
        found.label = f"{field.label} *"
    return found
