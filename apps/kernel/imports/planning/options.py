"""What is done with the rows: how they meet records, and whether one error stops all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.kernel.errors import FieldError
from apps.kernel.imports.errors import OrderInvalid
from apps.kernel.imports.planning.orders import Key, Mode


@dataclass(frozen=True, slots=True)
class Options:
    """`key` names the fields by which rows meet records; an empty one meets none, so every row is a new record."""

    mode: Mode = Mode.BOTH
    key: Key = ()
    all_or_nothing: bool = False

    def as_json(self) -> dict[str, Any]:
        """Plain values for storage."""
        return {"mode": str(self.mode), "key": list(self.key), "all_or_nothing": self.all_or_nothing}


def options_from_json(values: Mapping[str, Any]) -> Options:
    """The options of stored or given values. Raises OrderInvalid with all complaints."""
    complaints = []
    mode, key, whole = values.get("mode", Mode.BOTH), values.get("key", ()), values.get("all_or_nothing", False)
    if mode not in set(Mode):
        complaints.append(FieldError("mode", "kernel.import.mode", _("There is no such way.")))
    if not isinstance(key, list | tuple) or not all(isinstance(item, str) for item in key):
        complaints.append(FieldError("key", "kernel.import.key", _("Name fields.")))
    if not isinstance(whole, bool):
        complaints.append(FieldError("all_or_nothing", "kernel.import.flag", _("Say yes or no.")))
    if complaints:
        raise OrderInvalid(errors=tuple(complaints))
    return Options(Mode(mode), tuple(key), whole)
