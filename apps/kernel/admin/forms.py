"""Forms of records: they carry the version that was shown, and show what a command refused."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.kernel.admin.added import AddedInputs
from apps.kernel.admin.dressing import dress
from apps.kernel.admin.inputs import EXPECTED_VERSION
from apps.kernel.errors import FieldError, PlatformError

CUSTOM, PREFIX = "custom_fields.", "cf_"

if TYPE_CHECKING:
    RecordForm = forms.ModelForm[Any]
else:
    RecordForm = forms.ModelForm


class CommandForm(AddedInputs, RecordForm):
    """Base of every record form in the back office.

    `refusal` is what the command said to the same input a moment ago, `kept` names fields whose stored
    value the user chose over their own; both are set on the class that one request uses.
    """

    refusal: ClassVar[PlatformError | None] = None
    kept: ClassVar[frozenset[str]] = frozenset()

    expected_version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault(EXPECTED_VERSION, getattr(self.instance, "version", None))
        for name in self.kept & set(self.fields):
            self.fields[name].disabled = True
        dress(self)

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.refusal is not None:
            add_refusal(self, self.refusal)


def is_form_error(error: PlatformError) -> bool:
    """Say whether the refusal is about the input or the state of the data, so that the form is shown again."""
    return error.status in {400, 409, 422}


def add_refusal(form: forms.BaseForm, error: PlatformError) -> None:
    """Put the refusal's complaints beside their fields, the others and its message above the form."""
    unplaced = [item for item in error.errors if not _place(form, item)]
    if not error.errors:
        form.add_error(None, ValidationError(error.detail, code=error.code))
    for item in unplaced:
        if "." not in item.field:
            form.add_error(None, ValidationError(_worded(item), code=item.code))


def add_row_refusals(forms_of_rows: Iterable[forms.BaseForm], argument: str, error: PlatformError) -> None:
    """Put complaints about `argument.<n>.<field>` beside that row's field."""
    for index, form in enumerate(forms_of_rows):
        prefix = f"{argument}.{index}."
        for item in error.errors:
            inner = FieldError(item.field.removeprefix(prefix), item.code, item.message)
            if item.field.startswith(prefix) and not _place(form, inner):
                form.add_error(None, ValidationError(_worded(inner), code=item.code))


def _place(form: forms.BaseForm, item: FieldError) -> bool:
    custom = item.field.replace(CUSTOM, PREFIX, 1)
    added = item.field.removeprefix("_").replace(".", "__", 1)
    for name in (item.field, item.field.removesuffix("_id"), custom, added):
        if name in form.fields and not form.fields[name].widget.is_hidden:
            form.add_error(name, ValidationError(str(item.message), code=item.code))
            return True
    return _place_in_list(form, item)


def _place_in_list(form: forms.BaseForm, item: FieldError) -> bool:
    """Put a complaint about one item of a list (`options.0`) beside the field that holds the list."""
    name, _dot, place = item.field.partition(".")
    if not place.isdecimal() or name not in form.fields:
        return False
    form.add_error(name, ValidationError(f"{int(place) + 1}: {item.message}", code=item.code))
    return True


def _worded(item: FieldError) -> str:
    if not item.field:
        return str(item.message)
    return str(_("%(field)s: %(message)s") % {"field": item.field, "message": item.message})
