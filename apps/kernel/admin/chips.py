"""A condition in words, one piece for each of its parts, and the condition that is left without that part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import formats, timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from apps.kernel.admin.conditions import ALONE, OPERATORS, TEXT, Named
from apps.kernel.admin.labels import Labels
from apps.kernel.api.reading.customs import RECORD_PATH
from apps.kernel.bases.custom_columns import PREFIX

Tree = Mapping[str, Any]
LONGEST = 160


@dataclass(frozen=True, slots=True)
class Chip:
    """One part of a condition in words; `rest` is the condition without it, None when nothing is left."""

    text: str
    rest: Tree | None


class Wording:
    """Words for the parts of a condition; `fields` are those that it may name."""

    def __init__(self, fields: Mapping[str, Named], labels: Labels) -> None:
        self.fields, self.labels = fields, labels

    def chips(self, tree: Tree) -> list[Chip]:
        """The parts that all have to hold, each with what is left without it."""
        self.labels.fetch(self.pointers(tree))
        parts = tree.get("and") if isinstance(tree, Mapping) else None
        if not isinstance(parts, list):
            return [Chip(self.text(tree), None)]
        rests = [[*parts[:place], *parts[place + 1 :]] for place in range(len(parts))]
        texts = [self.text(part, is_inner=True) for part in parts]
        return [Chip(text, {"and": rest} if rest else None) for text, rest in zip(texts, rests, strict=True)]

    def text(self, tree: Any, *, is_inner: bool = False) -> str:
        """The condition in words, in brackets where it stands within another one."""
        for word, joint in (("and", _("and")), ("or", _("or"))):
            if word in tree:
                text = f" {joint} ".join(self.text(part, is_inner=True) for part in tree[word])
                return f"({text})" if is_inner and len(tree[word]) > 1 else text
        if "not" in tree:
            return _("not %(condition)s") % {"condition": f"({self.text(tree['not'])})"}
        return self._comparison(tree)

    def field(self, name: Any) -> Named | None:
        """The field of a name, as a condition may spell it."""
        if not isinstance(name, str):
            return None
        return self.fields.get(name) or self.fields.get(name.replace(RECORD_PATH, PREFIX, 1))

    def pointers(self, tree: Any) -> Iterator[tuple[str, UUID | None]]:
        """Records that the condition names, as kinds and ids."""
        for part in _comparisons(tree):
            field = self.field(part.get("field"))
            if field is not None and field.target:
                values = part.get("value")
                for value in values if isinstance(values, list) else [values]:
                    yield field.target, _id(value)

    def _comparison(self, part: Tree) -> str:
        field, operator = self.field(part.get("field")), str(part.get("operator"))
        words = OPERATORS[field.kind] if field is not None else {}
        label = field.label if field is not None else self._operand(None, part.get("field"))
        said = str(words.get(operator) or TEXT.get(operator) or operator)
        if operator in ALONE:
            return f"{label} {said}"
        if "value_field" in part:
            other = self.field(part["value_field"])
            return f"{label} {said} {other.label if other else part['value_field']}"
        value = part.get("value")
        if operator == "between" and isinstance(value, list):
            words_of_value = f" {_('and')} ".join(self._operand(field, bound) for bound in value)
        else:
            words_of_value = self._operand(field, value)
        return f"{label} {said} {words_of_value}"[:LONGEST]

    def _operand(self, field: Named | None, value: Any) -> str:
        if isinstance(value, list):
            return ", ".join(self._operand(field, item) for item in value)
        if isinstance(value, Mapping):
            name = next(iter(value), "")
            inner = value[name] if name else []
            given = inner if isinstance(inner, list) else [inner]
            return f"{name}({', '.join(self._operand(None, item) for item in given)})"
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if value is None:
            return "—"
        return self._scalar(field, value)

    def _scalar(self, field: Named | None, value: Any) -> str:
        text = str(value)
        if field is None:
            return text
        if field.choices:
            return dict(field.choices).get(text, text)
        if field.target and _id(text) is not None:
            return self.labels.text(field.target, _id(text))
        if field.kind in {"date", "datetime"}:
            return _moment_words(text)
        return f"“{text}”" if field.kind == "text" else text


def _comparisons(tree: Any) -> Iterator[Tree]:
    pending: list[Any] = [tree]
    while pending:
        part = pending.pop()
        if not isinstance(part, Mapping):
            continue
        if "field" in part:
            yield part
        for word in ("and", "or", "not"):
            inner = part.get(word, [])
            pending += inner if isinstance(inner, list) else [inner]


def _id(value: Any) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _moment_words(text: str) -> str:
    try:
        found = parse_date(text) or parse_datetime(text)
        if isinstance(found, datetime):
            local = timezone.localtime(found) if timezone.is_aware(found) else found
            return formats.date_format(local, "SHORT_DATETIME_FORMAT")
    except (ValueError, OverflowError):  # no moment, or one that lies beyond the calendar here
        return text
    return formats.date_format(found, "SHORT_DATE_FORMAT") if found is not None else text
