"""The column of custom fields: exact numbers, and values that are judged before a row is saved."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel.customs import custom_port
from apps.kernel.errors import FieldError, InvalidInput

if TYPE_CHECKING:
    JSONColumn = models.JSONField[Any, Any]
else:
    JSONColumn = models.JSONField

_WRITTEN = msgspec.json.Encoder(decimal_format="number")


class ExactEncoder(json.JSONEncoder):
    """Decimals as JSON numbers, digit for digit."""

    def encode(self, o: Any) -> str:
        """The text. Raises TypeError for a float, which is not what anybody meant."""
        _demand_exact(o)
        return _WRITTEN.encode(o).decode()


class ExactDecoder(json.JSONDecoder):
    """Numbers with a point as Decimal, never float."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "parse_float": Decimal})


def _demand_exact(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("custom values hold Decimal, no float")
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    for item in inner:
        _demand_exact(item)


class CustomValues(JSONColumn):
    """A flat JSON object of canonical values by key."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options |= {
            "encoder": ExactEncoder,
            "decoder": ExactDecoder,
            "default": dict,
            "db_default": {},
            "editable": False,
        }
        super().__init__(*args, **options)

    def deconstruct(self) -> Any:
        """Arguments for migrations; what is always so is left out."""
        name, path, args, kwargs = super().deconstruct()
        fixed = {"encoder", "decoder", "default", "db_default", "editable"}
        return name, path, args, {key: item for key, item in kwargs.items() if key not in fixed}


class CustomFields(models.Model):
    """Values of the tenant's own fields, in canonical form, by key.

    A command hands what it was given to `take`; before the row is saved everything is judged: by `demand_valid`
    together with the other fields, else by saving itself. A direct assignment is judged like something given.
    """

    custom = CustomValues(_("custom fields"))

    _kept: Mapping[str, Any] | None = None  # what was judged, or read from the database
    _taken: Mapping[str, Any] | None = None
    _is_changed = False
    _claims: tuple[UUID, ...] = ()  # files that become the row's own when it is saved

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Judge what was not judged yet, and save; `custom` is among `update_fields` when it has changed."""
        demand_judged([self])
        named = kwargs.get("update_fields")
        if named is not None and self._is_changed:
            kwargs["update_fields"] = {*named, "custom"}
        super().save(*args, **kwargs)
        self._is_changed = False
        give_claimed([self])

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Any:
        """The row, with a memory of what it holds."""
        row = super().from_db(*args, **kwargs)
        row._kept = row.__dict__.get("custom")
        return row

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Read the row again; what was given meanwhile is forgotten."""
        super().refresh_from_db(*args, **kwargs)
        self._kept, self._taken, self._is_changed = self.__dict__.get("custom"), None, False

    @property
    def fields_entity(self) -> str:
        """The entity that the row's custom fields are defined for."""
        return str(getattr(self, "entity_id", ""))

    @classmethod
    def fields_entity_of(cls, image: Mapping[str, Any]) -> str:
        """The same for a row image."""
        return str(getattr(cls, "entity_id", ""))

    def take(self, given: Mapping[str, Any] | None) -> None:
        """Remember values by key, as they came: they are merged into what is there, and None removes one."""
        if given is not None:
            self._taken = {**(self._taken or {}), **given}

    @property
    def given(self) -> Mapping[str, Any]:
        """Values by key that have to be judged."""
        assigned = self.custom if self._is_assigned() else {}
        gone = dict.fromkeys(key for key in (self._kept or {}) if "." not in key) if assigned else {}
        return {**gone, **assigned, **(self._taken or {})}

    @property
    def kept(self) -> Mapping[str, Any]:
        """The stored values that need no judgement any more."""
        return self.custom if self._kept is None and not self._state.adding else (self._kept or {})

    @property
    def is_judged(self) -> bool:
        """Say whether nothing has come since the values were judged; a new row has to be judged once."""
        is_unknown = self._state.adding and self._kept is None
        return not is_unknown and not self._taken and not self._is_assigned()

    def settle(self, custom: dict[str, Any], *, claims: Iterable[UUID] = ()) -> None:
        """Take over judged values; `claims` are drafts of files among them, which go to the row once it is there."""
        self._claims = tuple(dict.fromkeys((*self._claims, *claims)))
        self._is_changed = self._is_changed or custom != self.kept
        self.custom = self._kept = custom
        self._taken = None

    def claimed(self) -> tuple[UUID, ...]:
        """Hand out the files that wait for the row, once."""
        claims, self._claims = self._claims, ()
        return claims

    def _is_assigned(self) -> bool:
        """Say whether somebody put something else in the place of what was judged."""
        held = self.__dict__.get("custom")
        return bool(held) if self._kept is None else held is not None and held is not self._kept


def custom_complaints(rows: Sequence[models.Model], *, completes: bool = True) -> tuple[tuple[int, FieldError], ...]:
    """Judge the custom values of rows that were not judged yet: complaints, each with the place of its row.

    `completes=False` lets new rows be without values that are required: they are made from a list, not entered.
    """
    waiting = {index: row for index, row in enumerate(rows) if isinstance(row, CustomFields) and not row.is_judged}
    if not waiting:
        return ()
    places = list(waiting)
    found = custom_port().settle(list(waiting.values()), completes=completes)
    return tuple((places[index], complaint) for index, complaint in found)


def give_claimed(rows: Iterable[models.Model]) -> None:
    """Give saved rows the files that they claim. Raises InvalidInput where somebody else was faster."""
    for row in rows:
        if isinstance(row, CustomFields) and (claims := row.claimed()):
            custom_port().claim(row, claims)


def demand_judged(rows: Iterable[models.Model]) -> None:
    """Judge custom values. Raises InvalidInput with all complaints."""
    if complaints := custom_complaints(list(rows)):
        raise InvalidInput(errors=tuple(complaint for _index, complaint in complaints))
