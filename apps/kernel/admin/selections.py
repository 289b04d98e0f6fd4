"""Records that somebody has chosen in a list: their ids and the versions that were shown, in one field of a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest

MOST_CHOSEN = 10_000
FIELD = "selection"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Ids in the order of the list; `versions` has those of records that count their versions."""

    ids: tuple[UUID, ...]
    versions: Mapping[UUID, int]

    @property
    def text(self) -> str:
        """The choice as one text, `<id>.<version> <id> …`: a form takes a thousand fields, and this is one."""
        return " ".join(_word(item, self.versions.get(item)) for item in self.ids)

    def without(self, ids: Iterable[UUID]) -> Chosen:
        """The same without some records."""
        gone = set(ids)
        return Chosen(tuple(item for item in self.ids if item not in gone), self.versions)


def _word(record_id: UUID, version: int | None) -> str:
    return record_id.hex if version is None else f"{record_id.hex}.{version}"


def chosen_of(rows: Any) -> Chosen | None:
    """What the rows of a list are now; None for more than can be worked on at once."""
    has_version = any(field.name == "version" for field in rows.model._meta.local_concrete_fields)
    columns = ("pk", "version") if has_version else ("pk",)
    found = list(rows.values_list(*columns)[: MOST_CHOSEN + 1])
    if len(found) > MOST_CHOSEN:
        return None
    ids = tuple(dict.fromkeys(row[0] for row in found))
    return Chosen(ids, {row[0]: row[1] for row in found} if has_version else {})


def read_chosen(text: str) -> Chosen:
    """A choice from its text. Raises Http404 for anything else, as for records that are not there."""
    words = text.split()
    if not words or len(words) > MOST_CHOSEN:
        raise Http404
    try:
        pairs = [_pair(word) for word in words]
    except ValueError:
        raise Http404 from None
    return Chosen(
        tuple(dict.fromkeys(item for item, _ in pairs)), {item: version for item, version in pairs if version}
    )


def _pair(word: str) -> tuple[UUID, int | None]:
    text, _, version = word.partition(".")
    if version and not (version.isascii() and version.isdecimal() and len(version) < 10):
        raise ValueError(version)
    return UUID(text), int(version) if version else None


def posted(request: HttpRequest) -> Chosen:
    """The choice that a form carries."""
    return read_chosen(request.POST.get(FIELD, ""))


def seen_rows(page: Any, request: HttpRequest, chosen: Chosen) -> dict[UUID, Any]:
    """The chosen records that the actor sees on the page, by id in the order chosen; foreign ones are not there."""
    found = page.get_queryset(request).in_bulk(list(chosen.ids))
    return {item: found[item] for item in chosen.ids if item in found}


def present(page: Any, request: HttpRequest, chosen: Chosen) -> Chosen:
    """The part of the choice that the actor sees on the page still."""
    there = set(page.get_queryset(request).filter(pk__in=chosen.ids).values_list("pk", flat=True))
    return chosen.without(item for item in chosen.ids if item not in there)
