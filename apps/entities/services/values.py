"""Values of custom fields are judged here, whoever writes: all complaints at once, then the stored form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from apps.entities.calculations import Wrong, canonical, is_empty, judged, keys_of, stored_form
from apps.entities.contracts import FieldDefinition
from apps.entities.selectors import Fields, fields_now
from apps.entities.selectors.definitions import has_organizations
from apps.entities.selectors.sealing import sealed
from apps.entities.services.drafts import Draft
from apps.entities.services.targets import demand_targets
from apps.entities.services.uniqueness import DUPLICATE, Claim, taken
from apps.kernel.bases.mixins import CustomFields
from apps.kernel.commands.loading import share_lock
from apps.kernel.errors import FieldError
from apps.kernel.tenancy.scope import current_scope

MOST_KEYS: Final = 128


def field_lock(entity: str) -> str:
    """Name of the lock that writers of values share, and that who changes what values may be holds alone."""
    return f"custom fields {current_scope().tenant_id} {entity}"


def settle(rows: Sequence[CustomFields], *, completes: bool) -> list[tuple[int, FieldError]]:
    """Judge what the rows were given; where nothing is wrong, hand each its values."""
    drafts = [draft for lot in _by_entity(rows).values() for draft in _drafts(lot)]
    for draft in drafts:
        _read(draft)
        _complete(draft, demands=completes)
    demand_targets(drafts)
    _claim(drafts)
    found = [(draft.index, complaint) for draft in drafts for complaint in draft.complaints]
    for draft in () if found else drafts:
        draft.row.settle(_merged(draft), claims=draft.claims)
    return sorted(found, key=lambda item: item[0])


def complaints_about(entity: str, given: Mapping[str, Any], *, is_new: bool) -> list[FieldError]:
    """What can be said of values without their record and without looking at other records."""
    draft = Draft(0, None, _fields_of_scope(entity))
    _read_given(draft, given)
    if is_new:
        _demand(draft)
    return draft.complaints


def _fields_of_scope(entity: str) -> Mapping[str, FieldDefinition]:
    return fields_now(entity).of(current_scope().organization_id if has_organizations(entity) else None)


def _by_entity(rows: Sequence[Any]) -> dict[str, list[tuple[int, Any]]]:
    found: dict[str, list[tuple[int, Any]]] = defaultdict(list)
    for index, row in enumerate(rows):
        found[row.fields_entity].append((index, row))
    return found


def _drafts(lot: Sequence[tuple[int, Any]]) -> Iterator[Draft]:
    entity = lot[0][1].fields_entity
    book = fields_now(entity)
    if book.is_changeable:
        # Nobody changes from here on what the values may be; what was read before the lock may be old.
        share_lock(field_lock(entity))
        book = fields_now(entity)
    known: dict[UUID | None, Mapping[str, FieldDefinition]] = {}
    for index, row in lot:
        yield Draft(index, row, _known(known, book, _place(row)))


def _known(
    known: dict[UUID | None, Mapping[str, FieldDefinition]], book: Fields, place: UUID | None
) -> Mapping[str, FieldDefinition]:
    if place not in known:
        known[place] = book.of(place)
    return known[place]


def _place(row: Any) -> UUID | None:
    """The organization of a row; a new one goes where the scope writes."""
    if not has_organizations(row.fields_entity):
        return None
    return row.organization_id or current_scope().writing_organization()


def _read(draft: Draft) -> None:
    _read_given(draft, draft.row.given)
    if len({key for key in draft.row.kept if "." not in key} | set(draft.values)) > MOST_KEYS:
        text = _("A record holds at most {most} custom values.").format(most=MOST_KEYS)
        draft.complaints.append(FieldError("custom_fields", "max_length", text))


def _read_given(draft: Draft, given: Mapping[str, Any]) -> None:
    for key, raw in given.items():
        known = draft.fields.get(key)
        if known is None:
            draft.complain(key, "unknown", _("There is no such field."))
        else:
            draft.values[key] = _value(draft, known, raw)


def _value(draft: Draft, known: FieldDefinition, raw: Any) -> Any:
    problems: list[Wrong] = []
    try:
        value = None if is_empty(raw) else canonical(known, raw)
        problems += [] if value is None else judged(known, value)
    except Wrong as wrong:
        problems, value = [wrong], raw
    for problem in problems:
        draft.complain(known.key, problem.code, problem.message)
    if value is None and known.is_required:
        draft.complain(known.key, "required", _("This field is required."))
    return None if problems else value


def _complete(draft: Draft, *, demands: bool) -> None:
    """Give a new row the defaults of what it was not given, and demand the rest."""
    if not draft.is_new:
        return
    for key, known in draft.fields.items():
        if key not in draft.values and not is_empty(known.default):
            draft.values[key] = _value(draft, known, known.default)
    if demands:
        _demand(draft)


def _demand(draft: Draft) -> None:
    for key, known in draft.fields.items():
        if known.is_required and key not in draft.values and is_empty(known.default):
            draft.complain(key, "required", _("This field is required."))


def _claim(drafts: Sequence[Draft]) -> None:
    """Demand that unique values are free, and hold them until the commit."""
    claims: dict[type[Any], list[Claim]] = defaultdict(list)
    places = {draft.index: draft for draft in drafts}
    for draft in drafts:
        for key, value in draft.values.items():
            known = draft.fields[key]
            if value is not None and known.rules.is_unique:
                claim = Claim(draft.index, draft.row.pk, known, _place(draft.row), value)
                claims[type(draft.row)].append(claim)
    for model, lot in claims.items():
        for claim in taken(model, lot):
            places[claim.index].complain(claim.field.key, DUPLICATE, _("Another record has this value already."))


def _merged(draft: Draft) -> dict[str, Any]:
    """What stands in the column afterwards; what belongs to deleted fields stays there."""
    stored = dict(draft.row.kept)
    for key, value in draft.values.items():
        former = {name: stored.pop(name) for name in keys_of(key) if name in stored}
        if value is None:
            continue
        known = draft.fields[key]
        table = type(draft.row)._meta.db_table
        stored |= sealed(table, known, value, former) if known.is_encrypted else stored_form(key, value)
    return stored
