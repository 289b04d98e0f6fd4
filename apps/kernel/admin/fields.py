"""Form fields of the house: references with autocompletion, keys limited to living rows of the scope."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper, get_select2_language
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.urls import reverse

from apps.kernel.access.visible import visible
from apps.kernel.admin.labels import Labels, labels_of, pointing_columns
from apps.kernel.admin.moments import time_options
from apps.kernel.admin.numbers import number_options
from apps.kernel.ids import as_id
from apps.kernel.references.fields import ReferenceField
from apps.kernel.registry.entities import ENTITIES

SELECT2 = "admin/js/vendor/select2/"


def living(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """The rows without soft-deleted ones, where the model can hide rows."""
    hides = any(item.name == "deleted_at" for item in rows.model._meta.local_concrete_fields)
    return rows.filter(deleted_at__isnull=True) if hides else rows


class ReferenceSelect(forms.Select):
    """A select whose options come from the target's entity while the user types."""

    def __init__(self, field: ReferenceField, labels: Labels, **kwargs: Any) -> None:
        self.reference, self.labels = field, labels
        super().__init__(**kwargs)

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> dict[str, Any]:
        """Attributes that the autocompletion script reads."""
        attrs = super().build_attrs(base_attrs, extra_attrs=extra_attrs)
        meta = self.reference.model._meta
        return {
            **attrs,
            "data-ajax--cache": "true",
            "data-ajax--delay": 250,
            "data-ajax--type": "GET",
            "data-ajax--url": reverse("admin:references"),
            "data-app-label": meta.app_label,
            "data-model-name": meta.model_name,
            "data-field-name": self.reference.name,
            "data-theme": "admin-autocomplete",
            "data-allow-clear": "false" if self.is_required else "true",
            "data-placeholder": "",
            "lang": get_select2_language(),
            "class": "admin-autocomplete",
        }

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> list[Any]:
        """The empty option and the chosen record."""
        options = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        for item in value:
            if chosen := as_id(item):
                text = self.labels.text(self.reference.target, chosen)
                options.append(self.create_option(name, str(chosen), text, True, len(options)))
        return [(None, options, 0)]

    @property
    def media(self) -> forms.Media:
        """Scripts and styles of the autocompletion."""
        form = "" if settings.DEBUG else ".min"
        scripts = [f"admin/js/vendor/jquery/jquery{form}.js", f"{SELECT2}select2.full{form}.js"]
        scripts += ["admin/js/jquery.init.js", "admin/js/autocomplete.js"]
        styles = (f"{SELECT2.replace('js', 'css', 1)}select2{form}.css", "admin/css/autocomplete.css")
        return forms.Media(js=scripts, css={"screen": styles})


class ReferenceChoice(forms.UUIDField):
    """The id of a referenced record. Whether it may be chosen is decided by the command."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as ids, whatever their notation."""
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


class HouseFields:
    """Form fields for records and for rows inside them."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """References get autocompletion, and are left out where the target's module is not installed."""
        if isinstance(db_field, models.URLField):
            kwargs.setdefault("assume_scheme", "https")
        if not isinstance(db_field, ReferenceField):
            options = {**time_options(db_field), **number_options(db_field), **kwargs}
            return _plain(super().formfield_for_dbfield(db_field, request, **options))  # type: ignore[misc]
        if not db_field.is_available or not db_field.editable:
            return None
        widget = ReferenceSelect(db_field, labels_of(request))
        label = str(db_field.verbose_name).removesuffix(" id")
        return ReferenceChoice(
            required=not db_field.blank,
            label=label[:1].upper() + label[1:],
            help_text=db_field.help_text,
            initial=db_field.get_default(),
            widget=widget,
        )

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Keys offer living rows of the scope only, as far as their kind shows them to the actor."""
        model = db_field.remote_field.model
        kind = ENTITIES.get(str(getattr(model, "entity_id", "")))
        rows = visible(living(model._default_manager.all())) if kind is None else kind.living()
        kwargs.setdefault("queryset", rows)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        """Keys to models with a searchable page are completed while typing, beside those declared."""
        declared = list(super().get_autocomplete_fields(request))  # type: ignore[misc]
        page: Any = self
        for field in page.opts.get_fields():
            if isinstance(field, models.ForeignKey) and field.name not in declared and self._searchable(field):
                declared.append(field.name)
        return declared

    def _searchable(self, field: models.ForeignKey[Any, Any]) -> bool:
        page: Any = self
        if field.name in page.raw_id_fields or field.name in page.radio_fields:
            return False
        try:
            return bool(page.admin_site.get_model_admin(field.remote_field.model).search_fields)
        except NotRegistered:
            return False


def _plain(field: Any) -> Any:
    """The field without Django's buttons that open the other record's forms in windows of their own."""
    if isinstance(getattr(field, "widget", None), RelatedFieldWidgetWrapper):
        field.widget = field.widget.widget
    return field


def reference_texts(model: type[models.Model]) -> dict[str, Any]:
    """How read-only pages word the ids of other records, by field name."""
    return {name: partial(_reference_text, target) for name, target in pointing_columns(model).items()}


def _reference_text(entity: str, contents: Any) -> Any:
    chosen = as_id(contents)
    return Labels().link(entity, chosen) if chosen else contents
