"""Fields that other modules add to forms of records: in their places, checked with the form, saved with the record."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelectWidget

from apps.kernel.admin.numbers import shortened
from apps.kernel.extensions.entering import companion, emptied, input_of, is_seen
from apps.kernel.extensions.errors import ExtensionFailed
from apps.kernel.extensions.fields import FormField, FormFields, fields_of
from apps.kernel.extensions.placing import Placing, Position, arranged
from apps.kernel.extensions.rooms import room

logger = logging.getLogger(__name__)

SCRIPT = "extensions/visible-when.js"
KNOWN = "agora_added_fields"


def input_name(added: FormFields, item: FormField) -> str:
    """Name of the input; no field of a model can have two underscores in its name."""
    return f"{added.module}__{item.name}"


@dataclass(frozen=True, slots=True)
class Offered:
    """What one entry adds to one form, with what the record has already."""

    entry: FormFields
    stored: Mapping[str, Any]
    inputs: Mapping[str, forms.Field]

    def named(self) -> Iterator[tuple[str, FormField]]:
        """The fields by the names of their inputs."""
        return ((input_name(self.entry, item), item) for item in self.entry.fields)


def offered(page: Any, request: HttpRequest, record: Any) -> list[Offered]:
    """What modules add to the form; asked once in a request.

    An entry that fails is left out of a form that is shown, and stops one that is saved.
    """
    known: dict[Any, list[Offered]] = vars(request).setdefault(KNOWN, {})
    key = None if record is None else record.pk
    if key not in known:
        entity = str(getattr(page.model, "entity_id", ""))
        entries = fields_of(entity) if entity and page.takes_added else []
        made = (_offered(item, record, must=request.method == "POST") for item in entries)
        known[key] = [item for item in made if item is not None]
    return known[key]


def _offered(item: FormFields, record: Any, *, must: bool) -> Offered | None:
    def ask() -> Offered:
        stored = {} if record is None else item.stored([record.pk]).get(record.pk, {})
        return Offered(item, dict(stored), {input_name(item, one): input_of(one) for one in item.fields})

    try:
        with room() as place:
            return place.run(item.id, ask, seconds=item.seconds)
    except Exception as error:
        logger.exception("form fields failed", extra={"extension": item.id})
        if must:
            raise ExtensionFailed(extension=item.id) from error
        return None


def placed(sets: Iterable[Any], found: list[Offered]) -> list[Any]:
    """The form's sets with the added fields: beside the neighbours that they wish for, the others in own groups."""
    groups = [(title, {**options, "fields": list(options["fields"])}) for title, options in sets]
    settled: Counter[Placing] = Counter()
    for item in found:
        rest = [name for name, one in item.named() if not _joined(groups, name, one.place, settled)]
        if rest:
            own = {"fields": _ordered(item, rest), "description": item.entry.description or None}
            groups.append((item.entry.title, own))
    return groups


def _joined(groups: list[Any], name: str, wish: Placing | None, settled: Counter[Placing]) -> bool:
    """Put an input beside its neighbour in one of the form's sets, and say whether there is that neighbour.

    Those with the same wish stand in the order in which they come.
    """
    if wish is None or not wish.relative_to:
        return False
    for _title, options in groups:
        lines = options["fields"]
        place = next((index for index, line in enumerate(lines) if _holds(line, wish.relative_to)), None)
        if place is not None:
            is_after = wish.position is Position.AFTER
            lines.insert(place + 1 + settled[wish] if is_after else place, name)
            settled[wish] += 1
            return True
    return False


def _holds(line: Any, name: str) -> bool:
    return line == name or (not isinstance(line, str) and name in line)


def _ordered(item: Offered, names: list[str]) -> list[str]:
    """Inputs of the module's own group: those that wish for its beginning or its end stand there."""
    wishes = {name: one.place if one.place and not one.place.relative_to else None for name, one in item.named()}
    return arranged(names, name=str, wish=wishes.__getitem__)[0]


class AddedForms:
    """What pages of records have beside their own fields and custom ones.

    A page whose command does not give its record back says `takes_added = False`.
    """

    takes_added: ClassVar[bool] = True

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Put the added inputs into their places, also on pages that say themselves which sets they have."""
        parent: Any = super()
        shown: Any = context["adminform"]
        found = list(getattr(shown.form, "added", ()))
        if found:
            shown.fieldsets = placed(shown.fieldsets, found)
        return parent.render_change_form(request, context, *args, **kwargs)

    def is_open(self, request: HttpRequest, obj: Any) -> bool:
        """Say whether the actor may write the record here."""
        page: Any = self
        return bool(page.has_add_permission(request) if obj is None else page.has_change_permission(request, obj))

    def with_inputs(self, form: type[Any], request: HttpRequest, obj: Any) -> type[Any]:
        """The form class with the inputs."""
        parent: Any = super()
        form = parent.with_inputs(form, request, obj)
        found = offered(self, request, obj) if self.is_open(request, obj) else []
        if not found:
            return form
        return type(form.__name__, (form,), {**_inputs(found), "added": tuple(found), "Media": _media(found)})

    def companions(self, form: Any, *, change: bool) -> tuple[Callable[[Any], None], ...]:
        """What saves the added values within the record's command."""
        record_id = form.instance.pk if change else None
        given = ((item.entry, _changed(form, item, change=change)) for item in getattr(form, "added", ()))
        return tuple(companion(entry, values, record_id) for entry, values in given if values)


def _inputs(found: list[Offered]) -> dict[str, forms.Field]:
    made = {}
    for item in found:
        own = {one.name for one in item.entry.fields}
        for name, one in item.named():
            field = made[name] = item.inputs[name]
            field.initial = shortened(item.stored.get(one.name))
            if type(field.widget) is forms.Select:
                field.widget = UnfoldAdminSelectWidget(choices=field.widget.choices)
            if (rule := one.visible_when) is not None:
                other = f"{item.entry.module}__{rule.field}" if rule.field in own else rule.field
                field.widget.attrs["data-visible-when"] = json.dumps(rule.for_browser(other))
    return made


def _media(found: list[Offered]) -> type:
    has_rules = any(one.visible_when is not None for item in found for one in item.entry.fields)
    return type("Media", (), {"js": (SCRIPT,) if has_rules else ()})


def _changed(form: Any, item: Offered, *, change: bool) -> dict[str, Any]:
    """Values to save: of a new record those that are something, else those that differ from what is stored."""
    values = {}
    for name, one in item.named():
        if name in form.unseen or name not in form.cleaned_data:
            continue
        value = emptied(form.cleaned_data[name])
        if (name in form.changed_data) if change else value not in (None, False):
            values[one.name] = value
    return values


class AddedInputs:
    """Mixin of forms: added inputs whose rule does not hold are neither demanded nor saved."""

    added: tuple[Offered, ...] = ()
    unseen: frozenset[str] = frozenset()

    def full_clean(self) -> None:
        """Check the form, without the inputs that are not shown beside the other values."""
        form: Any = self
        parent: Any = super()
        with self._unseen_out() if form.is_bound and self.added else _nothing():
            parent.full_clean()

    @contextmanager
    def _unseen_out(self) -> Iterator[None]:
        form: Any = self
        hidden = {name for item in self.added for name, one in item.named() if not self._is_seen(item, one)}
        self.unseen = frozenset(hidden)
        former = {name: (form.fields[name].disabled, form.fields[name].required) for name in hidden}
        for name in hidden:
            form.fields[name].disabled, form.fields[name].required = True, False
        try:
            yield
        finally:
            for name, (disabled, required) in former.items():
                form.fields[name].disabled, form.fields[name].required = disabled, required

    def _is_seen(self, item: Offered, one: FormField) -> bool:
        own = {other.name for other in item.entry.fields}
        return is_seen(one, lambda name: self._entered(input_name_of(item, name) if name in own else name))

    def _entered(self, name: str) -> Any:
        """What was entered in another input; nothing where that cannot be read."""
        form: Any = self
        if name not in form.fields:
            return getattr(form.instance, name, None)
        field = form.fields[name]
        raw = field.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
        try:
            return field.to_python(raw)
        except ValidationError:
            return None


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def input_name_of(item: Offered, name: str) -> str:
    """Name of the input of one of the entry's own fields."""
    return f"{item.entry.module}__{name}"
