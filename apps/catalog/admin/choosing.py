"""Inputs for several records of the module: found while one types, kept in the order in which they were chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from apps.catalog.selectors import living_categories, path_labels
from apps.kernel.admin.fields import ReferenceChoice, ReferenceSelect
from apps.kernel.admin.labels import Labels
from apps.kernel.ids import as_id
from apps.kernel.references.fields import ReferenceField


class TemplateInput:
    """A widget that a template of the module draws: Django's own way to draw widgets knows none of them."""

    def _render(self, template_name: str, context: Any, renderer: Any = None) -> SafeString:
        return mark_safe(render_to_string(template_name, context))  # noqa: S308 - an escaping template


def pointer(model: type[models.Model], key: str) -> ReferenceField:
    """The key of a model as a reference to its target, which is how completions ask."""
    target: Any = model._meta.get_field(key).related_model
    found = ReferenceField(target.entity_id)
    found.set_attributes_from_name(key)
    found.model = model
    return found


class ManySelect(ReferenceSelect):
    """A select of several records."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Every chosen id."""
        found: list[str] = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return found

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """A select without a choice is not sent at all."""
        return False

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> list[Any]:
        """The chosen records, whose labels are looked up at once."""
        chosen = [item for text in value or () if (item := as_id(text)) is not None]
        texts = self.texts(chosen)
        options = [self.create_option(name, str(item), texts[item], True, place) for place, item in enumerate(chosen)]
        return [(None, options, 0)]

    def texts(self, chosen: Sequence[UUID]) -> dict[UUID, str]:
        """What the chosen records are called."""
        self.labels.fetch((self.reference.target, item) for item in chosen)
        return {item: self.labels.text(self.reference.target, item) for item in chosen}


class CategoriesSelect(ManySelect):
    """A select of several categories, which says where each stands in the tree."""

    def texts(self, chosen: Sequence[UUID]) -> dict[UUID, str]:
        """Names from the root to each of the chosen ones; of one that is out of sight what others are called."""
        found = path_labels(living_categories().filter(pk__in=chosen)) if chosen else {}
        hidden = [item for item in chosen if item not in found]
        return {**(super().texts(hidden) if hidden else {}), **found}


class ManyChoice(forms.Field):
    """Ids of several records. Whether they may be chosen is decided by the command."""

    def to_python(self, value: Any) -> list[UUID]:
        """The ids in their order. Raises ValidationError for what is none."""
        found = [as_id(item) for item in value or ()]
        if None in found:
            raise ValidationError(_("There is no such record."), code="invalid")
        return [item for item in found if item is not None]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as ids; their order counts."""
        return [str(item) for item in initial or ()] != [str(item) for item in data or ()]


def many_field(
    model: type[models.Model], key: str, *, label: Any, help_text: Any = "", select: type[ManySelect] = ManySelect
) -> ManyChoice:
    """An input for the rows of a model that joins two kinds, by the key to the chosen one."""
    widget = select(pointer(model, key), Labels(), attrs={"multiple": True})
    return ManyChoice(required=False, label=label, help_text=help_text, widget=widget)


def one_field(model: type[models.Model], key: str, *, label: Any) -> ReferenceChoice:
    """An input for one record."""
    return ReferenceChoice(label=label, widget=ReferenceSelect(pointer(model, key), Labels()))


def ids_of(rows: Sequence[models.Model]) -> list[UUID]:
    """Ids of the rows, in their order."""
    return [row.pk for row in rows]
