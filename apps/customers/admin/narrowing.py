"""Filters of the lists of people and companies: by tag and by group, each once whatever the organizations."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Exists, Model, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.customers.models import CustomerGroup, Membership, Tag, Tagging
from apps.customers.selectors import living_marks
from apps.kernel.admin.filters import SelectFilter
from apps.kernel.registry.entities import ENTITIES

MOST: int = 200


class ByMark(SelectFilter):
    """Customers with a mark: `mark` is chosen by its `key` and shown by its `label`, `held` says who has it."""

    mark: ClassVar[type[Model]]
    held: ClassVar[type[Tagging | Membership]]
    key: ClassVar[str]
    label: ClassVar[str]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Living marks of the scope; those of several organizations that are called the same once."""
        rows = ENTITIES[str(getattr(self.mark, "entity_id", ""))].living().order_by(self.label, "pk")
        return list(dict(rows.values_list(self.key, self.label)[:MOST]).items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Who has it."""
        value = self.value()
        if not value:
            return queryset
        marked = {f"{self.parameter_name}__{self.key}": value}
        return queryset.filter(Exists(living_marks(self.held).filter(customer=OuterRef("pk"), **marked)))


class ByTag(ByMark):
    """Customers with a tag."""

    title, parameter_name = _("tag"), "tag"
    mark, held, key, label = Tag, Tagging, "normalized_label", "label"


class ByGroup(ByMark):
    """Customers in a group."""

    title, parameter_name = _("customer group"), "group"
    mark, held, key, label = CustomerGroup, Membership, "code", "name"
