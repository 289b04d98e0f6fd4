"""The model's own rules, asked by a command before it writes."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models

from apps.kernel.errors import FieldError, InvalidInput


def demand_valid(row: models.Model, names: Iterable[str], *, more: Iterable[FieldError] = ()) -> None:
    """Check the named fields by their validators. Raises InvalidInput with all complaints, `more` included."""
    checked = set(names)
    complaints = list(more)
    try:
        row.clean_fields(exclude={field.name for field in row._meta.fields} - checked)
    except ValidationError as error:
        complaints += [
            FieldError(name, str(item.code or "invalid"), " ".join(item.messages))
            for name, items in error.error_dict.items()
            for item in items
        ]
    if complaints:
        raise InvalidInput(errors=tuple(complaints))
