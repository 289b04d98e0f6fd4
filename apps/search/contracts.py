"""How modules say what of their records is found, and how providers of embeddings are added."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol
from uuid import UUID

from django.utils.functional import Promise

from apps.kernel.registry.store import Registry

if TYPE_CHECKING:
    from apps.kernel.registry.entities import Entity

Weight = Literal["A", "B", "C", "D"]
Text = str | Promise
# Of a record that refuses to give what is kept out of the index: `lambda record: f"{record.code} — {record.name}"`.
TextOf = Callable[[Any], str]
TextsOf = Callable[[Collection[UUID]], Mapping[UUID, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a hit without reading its record."""

    entity: str
    id: UUID
    title: str
    subtitle: str


@dataclass(frozen=True, slots=True)
class Shown:
    """How a hit is shown: `icon` is a name of Material Symbols."""

    title: str
    subtitle: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Hashed:
    """Private values of rows that belong to records of a kind: `texts_of` gives them by the records' ids.

    `parts` are the entities of those rows, each with the column of the record's id, so that documents follow them.
    """

    texts_of: TextsOf
    parts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Searchable:
    """One kind of record that is found.

    `feature` is what a reader must hold to find records of the kind. `title` and `subtitle` name a field, or make a
    text of a record; they are shown with each hit. `fields` maps fields to weights, A counting most. Values of
    `hash_only` fields are kept as digests and found by their whole text. Those of `excluded` ones are kept nowhere.
    `hashed` gives further such values, those of rows that belong to the records.
    `build_source` makes the text that its meaning is taken from; by default title, subtitle and fields. It is never
    given what is encrypted. `organization` names the column with the organization whose record it is, "" for records
    of the whole tenant. `made` is the entity of a kind that a tenant has made, which is in no register. `version` is
    raised where a function of the declaration makes other texts than it did: nothing else of it can be compared.
    """

    entity: str
    feature: str
    title: str | TextOf
    subtitle: str | TextOf = ""
    fields: Mapping[str, Weight] = field(default_factory=dict)
    excluded: tuple[str, ...] = ()
    hash_only: tuple[str, ...] = ()
    hashed: Hashed | None = None
    build_source: TextOf | None = None
    format_result: Callable[[Found], Shown] | None = None
    url: str | Callable[[Found], str] = ""
    organization: str | None = None
    made: Entity | None = None
    version: int = 1

    @property
    def parts(self) -> Mapping[str, str]:
        """Entities of rows that belong to the records, each with the column of the record's id."""
        return self.hashed.parts if self.hashed else {}

    @property
    def withheld(self) -> frozenset[str]:
        """Fields that no text may be made of."""
        return frozenset((*self.excluded, *self.hash_only))


SEARCHABLES: Registry[Searchable] = Registry("searchable kind of record")


def searchable(  # noqa: PLR0913 - one for each fact of a kind
    kind: Any,
    *,
    feature: str,
    title: str | TextOf,
    subtitle: str | TextOf = "",
    fields: Mapping[str, Weight] | None = None,
    excluded: Sequence[str] = (),
    hash_only: Sequence[str] = (),
    hashed: Hashed | None = None,
    build_source: TextOf | None = None,
    format_result: Callable[[Found], Shown] | None = None,
    url: str | Callable[[Found], str] = "",
    organization: str | None = None,
    version: int = 1,
) -> Searchable:
    """Have records of a kind (a model, or its entity id) found; called in the module's `search.py`.

    `url` is the name of a URL pattern that takes the id, or makes an address of a hit; by default the record's page in
    the back office. `organization` None: the column `organization_id` where the kind has one. For `version` see
    `Searchable`.
    Raises ValueError for a field that is both shown and withheld, AlreadyRegistered for a kind that is declared twice.
    """
    entity = kind if isinstance(kind, str) else str(getattr(kind, "entity_id", ""))
    declared = Searchable(
        entity=entity,
        feature=feature,
        title=title,
        subtitle=subtitle,
        fields=dict(fields or {}),
        excluded=tuple(excluded),
        hash_only=tuple(hash_only),
        hashed=hashed,
        build_source=build_source,
        format_result=format_result,
        url=url,
        organization=organization,
        version=version,
    )
    _check(declared)
    return SEARCHABLES.add(entity, declared)


def _check(declared: Searchable) -> None:
    named = {item for item in (declared.title, declared.subtitle) if isinstance(item, str)}
    contested = sorted((named | set(declared.fields)) & declared.withheld)
    doubled = sorted(set(declared.excluded) & set(declared.hash_only))
    strange = sorted(set(declared.fields.values()) - set("ABCD"))
    complaints = {
        "it has no entity_id": not declared.entity,
        f"{contested} are withheld, so they cannot be shown": bool(contested),
        f"{doubled} are excluded, so not even digests of them are kept": bool(doubled),
        f"weights are A, B, C and D, not {strange}": bool(strange),
    }
    for complaint, holds in complaints.items():
        if holds:
            raise ValueError(f"searchable {declared.entity or '?'}: {complaint}")


@dataclass(frozen=True, slots=True)
class MadeKinds:
    """Kinds of record that tenants make, with entity ids below `prefix`; all are rows of one table.

    Events tell of their records as of `entity`. `kinds` are those of the open scope by entity id. `parted` says which
    of the records with these ids are living ones of which kind; a record never becomes one of another kind.
    """

    prefix: str
    entity: str
    kinds: Callable[[], Mapping[str, Searchable]]
    parted: Callable[[Collection[UUID]], Mapping[str, Collection[UUID]]]


MADE_KINDS: Registry[MadeKinds] = Registry("table of kinds that tenants make")


def searchable_made_kinds(made: MadeKinds) -> MadeKinds:
    """Have records of kinds found that tenants make; called in the module's `search.py`."""
    return MADE_KINDS.add(made.prefix, made)


class EmbeddingFailed(Exception):
    """A provider gave no embeddings; `is_passing` says that another try may succeed. The text is for operators."""

    def __init__(self, message: str, *, is_passing: bool = True) -> None:
        super().__init__(message)
        self.is_passing = is_passing


@dataclass(frozen=True, slots=True)
class EmbeddingAccess:
    """What a tenant has set for its provider: where it is, which model, and the key ("" for none)."""

    endpoint: str = ""
    model: str = ""
    api_key: str = field(default="", repr=False)


class EmbeddingProvider(Protocol):
    """Turns texts into vectors of which near ones mean the like."""

    @property
    def id(self) -> str:
        """Its name in the settings."""
        ...

    @property
    def label(self) -> Text:
        """Its name for people."""
        ...

    @property
    def needs_endpoint(self) -> bool:
        """Say whether it is somewhere else, so that an address and a model have to be set."""
        ...

    def embed(self, texts: Sequence[str], access: EmbeddingAccess) -> list[list[float]]:
        """One vector for each text, all of one length. Called outside transactions. Raises EmbeddingFailed."""
        ...


EMBEDDING_PROVIDERS: Registry[EmbeddingProvider] = Registry("provider of embeddings")


def embedding_provider(provider: EmbeddingProvider) -> EmbeddingProvider:
    """Add a provider, in a module's `tasks.py` or `integration.py`."""
    return EMBEDDING_PROVIDERS.add(provider.id, provider)
