"""A type of record for demonstrations: vehicles, with fields of several kinds."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from apps.entities.contracts import Kind
from apps.entities.models.records import PREFIX
from apps.entities.services.definitions import create_definition
from apps.entities.services.type_records import create_record
from apps.entities.services.types import create_type

KEY = "vehicle"
VEHICLES = (("AG 1001", 3, "diesel", 41), ("AG 1002", 5, "electric", 160), ("AG 1003", 2, "electric", 302))


def add_sample_type(locale: str) -> None:
    """Add the type with its fields, in the language given."""
    entity = f"{PREFIX}{KEY}"
    with translation.override(locale):
        create_type(key=KEY, label=_("Vehicle"), label_plural=_("Vehicles"), icon="local_shipping", label_field="plate")
        create_definition(
            entity=entity,
            key="plate",
            label=_("Number plate"),
            kind=Kind.TEXT,
            is_required=True,
            is_unique=True,
            is_searchable=True,
        )
        create_definition(entity=entity, key="seats", label=_("Seats"), kind=Kind.INTEGER, minimum="1", is_listed=True)
        options = [{"value": "diesel", "label": _("Diesel")}, {"value": "electric", "label": _("Electric")}]
        create_definition(
            entity=entity, key="drive", label=_("Drive"), kind=Kind.SELECT, options=options, is_listed=True
        )
        create_definition(entity=entity, key="inspected_on", label=_("Next inspection"), kind=Kind.DATE, is_listed=True)


def add_sample_records(today: date) -> None:
    """Add some records of the type to the organization that the scope writes to."""
    for plate, seats, drive, days in VEHICLES:
        inspected = today + timedelta(days=days)
        values = {"plate": plate, "seats": seats, "drive": drive, "inspected_on": inspected.isoformat()}
        create_record(KEY, custom_fields=values)
