"""A row's own rules, asked by a command before it writes: all complaints at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.core.exceptions import ValidationError
from django.db import models

from apps.kernel.bases.customs import custom_complaints
from apps.kernel.errors import FieldError, InvalidInput


def complaints_of(row: models.Model, names: Iterable[str]) -> Iterator[FieldError]:
    """Complaints of the named fields' validators."""
    checked = set(names)
    try:
        row.clean_fields(exclude={field.name for field in row._meta.fields} - checked)
    except ValidationError as error:
        for name, items in error.error_dict.items():
            for item in items:
                yield FieldError(name, str(item.code or "invalid"), " ".join(item.messages))


def demand_valid(row: models.Model, names: Iterable[str], *, more: Iterable[FieldError] = ()) -> None:
    """Check the named fields and the tenant's own. Raises InvalidInput with all complaints, `more` included."""
    custom = (complaint for _index, complaint in custom_complaints([row]))
    complaints = (*more, *complaints_of(row, names), *custom)
    if complaints:
        raise InvalidInput(errors=complaints)
