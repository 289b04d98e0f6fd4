"""The kinds of record of this module, and what undo may do to them."""

from __future__ import annotations

from uuid import UUID

from apps.entities.calculations.definitions import removed_options
from apps.entities.errors import KeyHasValues
from apps.entities.models import FieldDefinition, Record, RecordType
from apps.entities.selectors.book import as_field
from apps.entities.services.checks import hold_fields
from apps.entities.services.pointing import CustomValues
from apps.entities.services.records import count_holding, demand_unique, demand_unused, everywhere, holding
from apps.entities.services.type_restoring import validate_record_restore, validate_type_restore
from apps.kernel.references.holders import reference_holder
from apps.kernel.registry.entities import Image, entity
from apps.kernel.tenancy.scope import Actor

PLAIN = ("entity", "key", "label", "kind", "is_encrypted", "is_unique", "options", "minimum", "maximum")
REST = ("min_length", "max_length", "pattern", "order")


def validate_definition_restore(before: Image | None, after: Image | None, actor: Actor) -> None:
    """Keep to the rules of the commands. Raises KeyHasValues, OptionUsed, ValuesRepeat."""
    known = after or before
    if known is None:
        return
    hold_fields(known["entity"])
    if after is None:
        _demand_nothing_held(known)
    elif before is not None:
        _demand_fitting(before, after)


def _demand_nothing_held(image: Image) -> None:
    if count := count_holding(image["entity"], image["key"], _place(image)):
        raise KeyHasValues(count=count)


def _place(image: Image) -> UUID | None:
    return UUID(image["for_organization_id"]) if image["for_organization_id"] else None


def _demand_fitting(now: Image, restored: Image) -> None:
    """What is restored must still go with what records hold; what was converted with it comes back with it."""
    former, latter = as_field(_row(now)), as_field(_row(restored))
    if former.kind is not latter.kind or former.is_encrypted != latter.is_encrypted:
        with everywhere(_place(now)):
            later = holding(former.entity, former.key, _place(now)).filter(updated_at__gt=now["updated_at"])
            if count := later.count():
                raise KeyHasValues(count=count)
    elif gone := removed_options(former.options, latter.options):
        demand_unused(latter, gone, _place(now))
    if latter.rules.is_unique and not former.rules.is_unique:
        demand_unique(latter, _place(now))


def _row(image: Image) -> FieldDefinition:
    return FieldDefinition(**{name: image[name] for name in (*PLAIN, *REST)})


entity(
    FieldDefinition,
    icon="dynamic_form",
    search=("label", "key"),
    url="admin:entities_fielddefinition_change",
    validate_restore=validate_definition_restore,
)
entity(
    RecordType,
    icon="category",
    search=("label", "key"),
    url="admin:entities_recordtype_change",
    validate_restore=validate_type_restore,
)
entity(
    Record,
    icon="deployed_code",
    search=("title",),
    url="admin:entities_record_change",
    validate_restore=validate_record_restore,
)
reference_holder("entities.custom", CustomValues())
