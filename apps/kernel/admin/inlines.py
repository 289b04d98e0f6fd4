"""Rows that belong to a record: shown in its form, handed as one list to the record's own command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from unfold.admin import StackedInline, TabularInline
from unfold.forms import PaginationInlineFormSet

from apps.kernel.access.visible import visible
from apps.kernel.admin.fields import HouseFields, living
from apps.kernel.admin.forms import add_row_refusals
from apps.kernel.errors import PlatformError

if TYPE_CHECKING:
    Tabular = admin.TabularInline[Any, Any]
    Stacked = admin.StackedInline[Any, Any]
    FormSetBase = BaseInlineFormSet[Any, Any, Any]
else:
    Tabular = TabularInline
    Stacked = StackedInline
    FormSetBase = PaginationInlineFormSet


class CommandFormSet(FormSetBase):
    """Rows of one inline; `argument` is the name under which the record's command takes them."""

    argument: ClassVar[str] = ""
    refusal: ClassVar[PlatformError | None] = None

    def full_clean(self) -> None:
        """Check the rows, and show what the command refused a moment ago."""
        super().full_clean()
        if self.refusal is not None and self.is_bound:
            add_row_refusals(self.forms, self.argument, self.refusal)
            self._errors = [form.errors for form in self.forms]


class CommandRows(HouseFields):
    """What both kinds of inline share. Permissions are the record's own: whoever may change it may change rows.

    `argument` is the keyword of the record's commands (default: the name of the relation). An inline never
    saves anything itself.
    """

    argument: ClassVar[str] = ""
    formset: Any = CommandFormSet
    extra = 0
    is_readonly: ClassVar[bool] = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Living rows of the scope."""
        return visible(living(super().get_queryset(request)))  # type: ignore[misc]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """The class of rows for one request."""
        formset = super().get_formset(request, obj, **kwargs)  # type: ignore[misc]
        formset.argument = self.argument or formset.get_default_prefix()
        formset.refusal = getattr(request, "agora_refusal", None)
        # Whether a row may go is decided by the command, not by walking Django's collector.
        formset.form.hand_clean_DELETE = lambda form: None
        return formset

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Shown with the record."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Changed with the record; the form of the record asks for the permission."""
        return not self.is_readonly

    has_change_permission = has_delete_permission = has_add_permission


class CommandTabularInline(CommandRows, Tabular):
    """Rows as a table; each control is named for those who do not see the column's head. Boxes to tick have names."""

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """The class of rows for one request."""
        formset = super().get_formset(request, obj, **kwargs)
        for name, field in formset.form.base_fields.items():
            if not isinstance(field.widget, forms.CheckboxSelectMultiple):
                field.widget.attrs.setdefault("aria-label", str(field.label or name))
        return formset


class CommandStackedInline(CommandRows, Stacked):
    """Rows as forms below each other."""
