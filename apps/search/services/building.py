"""Makes documents of records: what is shown, what is found, and nothing of what is withheld."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models

from apps.kernel.crypto.fields import encrypted_fields
from apps.kernel.crypto.keys import current_keys
from apps.kernel.tenancy.scope import current_scope
from apps.search.calculations.digests import checksum_of, tokens_of
from apps.search.calculations.folding import folded_line
from apps.search.calculations.lexemes import tag_of, vector_of, vocabulary_of
from apps.search.contracts import Searchable, TextOf
from apps.search.models import SearchDocument
from apps.search.selectors.custom import CustomTexts
from apps.search.selectors.kinds import entity_of
from apps.search.selectors.settings import SearchWay
from apps.search.selectors.stems import stem_of

FORMAT = "1"  # of documents: a new one makes every document out of date, so that the next check mends them
LONGEST_TITLE = 300
LONGEST_KEY = 200
LONGEST_SOURCE = 8_000  # characters of which a meaning is taken


class FieldWithheld(AttributeError):
    """A text was to be made of a field that is kept out of the index."""


class OpenRecord:
    """A record as the makers of texts see it: fields that are encrypted, excluded or only hashed cannot be read."""

    __slots__ = ("_record", "_withheld")

    def __init__(self, record: models.Model, withheld: frozenset[str]) -> None:
        self._record = record
        self._withheld = withheld

    def __getattr__(self, name: str) -> Any:
        """The record's attribute. Raises FieldWithheld."""
        if name in self._withheld:
            raise FieldWithheld(f"{name} is kept out of the search index")
        return getattr(self._record, name)


@dataclass(frozen=True, slots=True)
class Draft:
    """A record's texts before the words in them are counted."""

    record_id: UUID
    organization_id: UUID | None
    title: str
    subtitle: str
    texts: tuple[tuple[str, str], ...]
    private: tuple[str, ...] = field(repr=False)
    source: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Built:
    """Documents that are not stored yet, and the words that stand in them."""

    documents: tuple[SearchDocument, ...]
    vocabulary: frozenset[str]


def build(kind: Searchable, records: Iterable[models.Model], way: SearchWay) -> Built:
    """The documents of records, in the tenant's scope; at most one query, for stems of words that are new.

    Where rows that belong to the records are found as well, `hashed` of the kind asks for those of all of them.
    """
    maker, records = DraftMaker(kind), list(records)
    hashed = kind.hashed.texts_of([record.pk for record in records]) if kind.hashed and records else {}
    drafts = [maker.draft(record, hashed.get(record.pk, ())) for record in records]
    texts = [text for draft in drafts for text, _weight in draft.texts]
    stem = stem_of(way.language, texts)
    documents = tuple(_document(kind, draft, way, stem) for draft in drafts)
    return Built(documents, frozenset(vocabulary_of(texts)))


class DraftMaker:
    """Reads what a declaration says of records of one kind."""

    def __init__(self, kind: Searchable) -> None:
        self.kind = kind
        self.model = entity_of(kind).model
        self.withheld = kind.withheld | {item.name for item in encrypted_fields(self.model)}
        self.custom = CustomTexts(kind.entity)
        columns = {item.attname for item in self.model._meta.concrete_fields}
        self.owner = kind.organization
        if self.owner is None:
            self.owner = "organization_id" if "organization_id" in columns else ""

    def draft(self, record: models.Model, hashed: Sequence[str] = ()) -> Draft:
        """The texts of one record; `hashed` are the private ones of what belongs to it."""
        shown = OpenRecord(record, self.withheld)
        owner = getattr(record, self.owner) if self.owner else None
        title, subtitle = (self._text(shown, made)[:LONGEST_TITLE] for made in (self.kind.title, self.kind.subtitle))
        texts = (*self._texts(shown, title, subtitle), *self.custom.texts_of(record, owner))
        private = tuple(text for name in self.kind.hash_only for text in _texts_in(getattr(record, name)))
        private += tuple(hashed)
        source = self.kind.build_source(shown) if self.kind.build_source else "\n".join(text for text, _ in texts)
        return Draft(record.pk, owner, title, subtitle, texts, private, source[:LONGEST_SOURCE])

    def _texts(self, shown: OpenRecord, title: str, subtitle: str) -> Iterator[tuple[str, str]]:
        """Title and subtitle count as well, unless they are fields that have a weight of their own."""
        if self.kind.title not in self.kind.fields:
            yield title, "A"
        if subtitle and self.kind.subtitle not in self.kind.fields:
            yield subtitle, "C"
        for name, weight in self.kind.fields.items():
            for text in _texts_in(getattr(shown, name)):
                yield text, weight

    def _text(self, shown: OpenRecord, made: str | TextOf) -> str:
        if callable(made):
            return made(shown)
        return " ".join(_texts_in(getattr(shown, made))) if made else ""


def _texts_in(value: Any) -> Iterator[str]:
    """What of a value can be typed; true and false, dates apart from their text, and nothing cannot."""
    if isinstance(value, str):
        if value:
            yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts_in(item)
    elif isinstance(value, int | Decimal | date) and not isinstance(value, bool):
        yield str(value)


def _document(kind: Searchable, draft: Draft, way: SearchWay, stem: Any) -> SearchDocument:
    tokens = tokens_of(draft.private, pepper=current_keys().pepper) if draft.private else []
    document = SearchDocument(
        organization_id=draft.organization_id,
        entity=kind.entity,
        record_id=draft.record_id,
        title=draft.title,
        subtitle=draft.subtitle,
        title_key=folded_line(draft.title)[:LONGEST_KEY],
        words=vector_of(draft.texts, tag=tag_of(current_scope().tenant_id), stem=stem),
        tokens=tokens,
        source_digest=checksum_of([draft.source]),
        language=way.language,
    )
    document.checksum = checksum_of(_facts(document))
    return document


def _facts(document: SearchDocument) -> Sequence[str]:
    return (
        FORMAT,
        str(document.organization_id),
        document.title,
        document.subtitle,
        document.words,
        ",".join(document.tokens),
        document.source_digest,
        document.language,
    )
