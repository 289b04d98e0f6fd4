"""Of channels, and of tax classes, an organization that has any has one default: the first, until another one is."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from apps.kernel.commands.defaults import mark, mark_complaints
from apps.kernel.commands.loading import hold_lock, load_living
from apps.kernel.commands.unchanged import Unchanged
from apps.kernel.errors import FieldError
from apps.sales.models import Channel, TaxClass

Row = TypeVar("Row", Channel, TaxClass)
NEEDED = "sales.default_needed"


def hold_default(model: type[Channel | TaxClass], organization_id: UUID) -> None:
    """Let whoever may change which row is the default one follow one another."""
    hold_lock(f"default {model.entity_id} of {organization_id}")


def living_held(model: type[Row], row_id: UUID) -> Row:
    """The row, locked after the choice of its organization's default. Raises RowNotFound."""
    owner = model.objects.filter(pk=row_id).values_list("organization_id", flat=True).first()
    if owner is not None:
        hold_default(model, owner)
    return load_living(model, row_id)


def others_of(row: Row) -> list[Row]:
    """The other living rows of the row's organization, by their names."""
    others = type(row).objects.filter(organization_id=row.organization_id, deleted_at__isnull=True)
    return list(others.exclude(pk=row.pk).order_by("name", "pk"))


def default_complaints(row: Channel | TaxClass, is_default: bool | Unchanged) -> list[FieldError]:
    """What is wrong with taking the mark from the row that has it."""
    return mark_complaints(row, is_default, code=NEEDED, message=_("Make another one the default instead."))


def pass_default_on(row: Row) -> None:
    """Make another row the default in place of one that goes: the first that may be, by its name."""
    if not row.is_default:
        return
    for heir in others_of(row):
        if getattr(heir, "is_active", True):
            mark(heir, is_default=True)
            return
