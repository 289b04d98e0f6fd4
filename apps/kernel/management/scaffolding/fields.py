"""Fields of a new module's records as they are given: `isbn:text:unique`, `price:money`, `kind:choice(a|b)`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from apps.kernel.management.scaffolding.names import SNAKE, check_entity, check_field, class_name, plural_of

WORD = re.compile(r"(?P<type>[a-z]+)(\((?P<parameter>[^()]*)\))?")
TARGET = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")
MODIFIERS = ("required", "unique", "indexed")
MOST_COLUMNS = 16


class NotUnderstood(ValueError):
    """A description that makes no sense, and what would."""


class Kind(StrEnum):
    """Types of fields."""

    TEXT = "text"
    MULTILINE = "multiline"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    CHOICE = "choice"
    REFERENCE = "reference"
    EMAIL = "email"


WITH_PARAMETER = {Kind.CHOICE: "choice(a|b|c)", Kind.REFERENCE: "reference(customers.person)"}
# What makes no sense, by type: an index over long texts, a yes that is there once.
SENSELESS = {
    Kind.MULTILINE: ("unique", "indexed"),
    Kind.MONEY: ("unique", "indexed"),
    Kind.BOOLEAN: ("required", "unique"),
    Kind.CHOICE: ("unique",),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `parameter` holds the choices, the target of a reference, or `encrypted`."""

    name: str
    kind: Kind
    parameter: str = ""
    is_required: bool = False
    is_unique: bool = False
    is_indexed: bool = False

    @property
    def choices(self) -> list[str]:
        """Values of a choice."""
        return self.parameter.split("|")

    @property
    def is_encrypted(self) -> bool:
        """Say whether the database holds ciphertext."""
        return self.kind is Kind.EMAIL and self.parameter == "encrypted"


@dataclass(frozen=True, slots=True)
class EntityText:
    """A kind of record as it was described. The first field names the record."""

    name: str
    plural: str
    fields: tuple[Field, ...]


def entity_of(text: str, *, plurals: dict[str, str] | None = None) -> EntityText:
    """Read `book:title:text,isbn:text:unique`. Raises NotUnderstood, ImpossibleName."""
    name, found, rest = text.partition(":")
    check_entity(name)
    if not found or not rest:
        raise NotUnderstood(f"entity {name!r} has no fields. Write it as: {name}:title:text,pages:integer")
    fields = [field_of(part, entity=name) for part in _parts(rest)]
    _check_whole(name, fields)
    plural = (plurals or {}).get(name) or plural_of(name)
    if not SNAKE.fullmatch(plural) or plural == name:
        raise NotUnderstood(f"entity {name!r} needs a plural of its own: --plural {name}={name}_list")
    first, *others = fields
    label = Field(first.name, first.kind, is_required=True, is_unique=first.is_unique, is_indexed=True)
    return EntityText(name, plural, (label, *others))


def _parts(text: str) -> list[str]:
    """Descriptions of fields; commas inside brackets part nothing."""
    return re.split(r",(?![^(]*\))", text)


def _check_whole(name: str, fields: list[Field]) -> None:
    names = [field.name for field in fields]
    if twice := sorted({item for item in names if names.count(item) > 1}):
        raise NotUnderstood(f"entity {name!r} has {', '.join(twice)} twice.")
    if fields[0].kind is not Kind.TEXT:
        raise NotUnderstood(
            f"entity {name!r}: the first field names the record, so it is a text; {fields[0].name!r} is not."
        )
    classes = [class_name(f"{name}_{field.name}") for field in fields if field.kind is Kind.CHOICE]
    if class_name(name) in classes or len(set(classes)) < len(classes):
        raise NotUnderstood(f"entity {name!r}: two classes of choices would have the same name.")
    columns = len(fields) + sum(field.kind is Kind.MONEY for field in fields)
    if columns > MOST_COLUMNS:
        raise NotUnderstood(
            f"entity {name!r} has {columns} columns (an amount of money is two); {MOST_COLUMNS} can be written at once."
            " Begin with the most important ones and add the others by hand."
        )


def field_of(text: str, *, entity: str) -> Field:
    """Read `isbn:text:unique`. Raises NotUnderstood, ImpossibleName."""
    name, *words = [part.strip() for part in re.split(r":(?![^(]*\))", text)]
    check_field(name, entity=entity)
    if not words:
        raise NotUnderstood(f"field {name!r} has no type: {name}:text, for example. Types: {', '.join(Kind)}.")
    kind, parameter = _type_of(name, words[0])
    _check_modifiers(name, kind, parameter, words[1:])
    return Field(name, kind, parameter, *(word in words[1:] for word in MODIFIERS))


def _type_of(name: str, word: str) -> tuple[Kind, str]:
    found = WORD.fullmatch(word)
    if found is None or found["type"] not in {item.value for item in Kind}:
        raise NotUnderstood(f"field {name!r}: there is no type {word!r}. Types: {', '.join(Kind)}.")
    kind, parameter = Kind(found["type"]), found["parameter"] or ""
    if kind in WITH_PARAMETER and not parameter:
        raise NotUnderstood(f"field {name!r}: write it as {WITH_PARAMETER[kind]}.")
    if kind is Kind.EMAIL and parameter not in {"", "encrypted"}:
        raise NotUnderstood(f"field {name!r}: an e-mail is email or email(encrypted).")
    if kind not in {*WITH_PARAMETER, Kind.EMAIL} and parameter:
        raise NotUnderstood(f"field {name!r}: {kind} takes nothing in brackets.")
    _check_parameter(name, kind, parameter)
    return kind, parameter


def _check_parameter(name: str, kind: Kind, parameter: str) -> None:
    if kind is Kind.REFERENCE:
        if not TARGET.fullmatch(parameter):
            raise NotUnderstood(f"field {name!r}: a reference names a kind of record, such as customers.person.")
        if name.endswith("_id"):
            raise NotUnderstood(f"field {name!r}: leave the _id out; the column gets it.")
    if kind is Kind.CHOICE:
        values = parameter.split("|")
        if len(values) < 2 or len(set(values)) < len(values) or not all(map(SNAKE.fullmatch, values)):
            raise NotUnderstood(f"field {name!r}: at least two different choices in small letters, parted by |.")


def _check_modifiers(name: str, kind: Kind, parameter: str, words: list[str]) -> None:
    senseless = SENSELESS.get(kind, ())
    for word in words:
        if word not in MODIFIERS:
            raise NotUnderstood(f"field {name!r}: there is no {word!r}. Possible: {', '.join(MODIFIERS)}.")
        if word in senseless or (word == "indexed" and parameter == "encrypted"):
            raise NotUnderstood(f"field {name!r}: {kind} cannot be {word}.")
