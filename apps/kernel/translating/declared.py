"""Which texts of which records can be translated; declared in the modules' `translations.py`."""

from __future__ import annotations

from dataclasses import dataclass

from apps.kernel.registry.store import Registry


@dataclass(frozen=True, slots=True)
class Translatable:
    """Fields of one kind of record that hold text for people, in the order in which they are translated."""

    entity: str
    fields: tuple[str, ...]


TRANSLATABLE: Registry[Translatable] = Registry("translatable kind of record")


def declare_translatable(entity: str, *fields: str) -> Translatable:
    """Register the fields of a kind of record. Raises ValueError for none, AlreadyRegistered for a second time."""
    if not fields:
        raise ValueError(f"{entity} names no field to translate")
    return TRANSLATABLE.add(entity, Translatable(entity, fields))
