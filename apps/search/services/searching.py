"""Searches: several ways at once, put together by rank, with counts and what is shown of a page."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.urls import reverse

from apps.kernel.commands.history.labels import record_url
from apps.kernel.errors import FieldError
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.search.calculations.lexemes import asked_chunks
from apps.search.calculations.marking import marked, wanted_words
from apps.search.calculations.ranking import counted, merged
from apps.search.contracts import EmbeddingFailed, Found, Searchable, Shown
from apps.search.errors import KindUnknown, QuestionEmpty, QuestionTooLong
from apps.search.models import SearchDocument, SearchIndex, Strategy
from apps.search.selectors.hits import CANDIDATES, Hits, Question, token_hits, word_hits
from apps.search.selectors.kinds import entity_of, kind_named, open_kinds, reachable
from apps.search.selectors.meanings import meaning_hits
from apps.search.selectors.settings import SearchWay, current_way
from apps.search.services.embedding import meaning_of

logger = logging.getLogger(__name__)

LONGEST = 200
PAGE = 20
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Result:
    """One hit as it is shown. `marked_title` and `marked_subtitle` are HTML.

    `organization` names whose record it is, where records of several may be found; "" for one of the whole tenant.
    """

    entity: str
    entity_label: str
    id: UUID
    title: str
    subtitle: str
    url: str
    icon: str
    score: float
    marked_title: str
    marked_subtitle: str
    organization: str = ""


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found. `failed` maps ways of searching that could not be gone to the reason.

    `labels` name the kinds that were searched. `counts` are by kind of record, `is_capped` when there may be more than
    they say. `building` are kinds whose index is not complete. `took` is in milliseconds.
    """

    text: str
    results: tuple[Result, ...]
    labels: Mapping[str, str]
    counts: Mapping[str, int]
    is_capped: bool
    strategies: tuple[str, ...]
    failed: Mapping[str, str]
    building: tuple[str, ...]
    took: float


@dataclass(slots=True)
class _Ways:
    """The ranked lists of the ways that could be gone, and why the others could not."""

    lists: dict[str, Hits] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def go(self, name: str, way: Callable[[], Hits]) -> None:
        """Go one way in a savepoint; its failure is nobody else's."""
        try:
            with scoped_transaction():
                self.lists[name] = way()
        except EmbeddingFailed as error:
            self.failed[name] = str(error)
        except Exception as error:
            logger.exception("the way of searching %s failed", name)
            self.failed[name] = type(error).__name__


def find(text: str, *, entities: Collection[str] = (), limit: int = PAGE, quick: bool = False) -> Findings:
    """Search the kinds that the actor may see, or those of them that are named.

    `quick` leaves out what asks somebody outside. Raises QuestionEmpty, QuestionTooLong, KindUnknown.
    """
    began = time.perf_counter()
    check_text(text)
    kinds = _chosen(entities)
    way = current_way()
    ways = _gone(Question(text, reachable(kinds), way.language), way, quick=quick) if kinds else _Ways()
    scores = merged([list(hits) for hits in ways.lists.values()])
    hits = {pk: entity for found in ways.lists.values() for pk, entity in found.items()}
    results = _results(list(scores.items())[:limit], kinds, text)
    return Findings(
        text=text,
        results=tuple(results),
        labels={entity: str(entity_of(kind).label_plural) for entity, kind in kinds.items()},
        counts=counted(hits.values()),
        is_capped=any(len(hits) >= CANDIDATES for hits in ways.lists.values()),
        strategies=tuple(ways.lists),
        failed=ways.failed,
        building=unbuilt(kinds),
        took=(time.perf_counter() - began) * 1_000,
    )


def check_text(text: str, *, name: str = "q") -> None:
    """Refuse what cannot be searched for. Raises QuestionEmpty, QuestionTooLong."""
    refusal: type[QuestionEmpty | QuestionTooLong] | None = None
    if len(text) > LONGEST:
        refusal = QuestionTooLong
    elif "\0" in text or not asked_chunks(text):
        refusal = QuestionEmpty
    if refusal is not None:
        raise refusal(errors=(FieldError(name, refusal.code, str(refusal.message)),))


def _chosen(entities: Collection[str]) -> dict[str, Searchable]:
    kinds = open_kinds()
    unknown = [entity for entity in entities if entity not in kinds]
    if unknown:
        text = f"{KindUnknown.message} ({', '.join(unknown)})"
        raise KindUnknown(errors=(FieldError("entities", KindUnknown.code, text),), known=sorted(kinds))
    return {entity: kind for entity, kind in kinds.items() if not entities or entity in entities}


def _gone(question: Question, way: SearchWay, *, quick: bool) -> _Ways:
    ways = _Ways()
    # Before the first statement, because nobody outside is asked inside a transaction.
    vector: list[float] | None = None
    if way.asks_provider and not quick:
        try:
            vector = meaning_of(question.text, way)
        except EmbeddingFailed as error:
            ways.failed[Strategy.VECTORS] = str(error)
    if Strategy.FULL_TEXT in way.strategies:
        ways.go(Strategy.FULL_TEXT, lambda: word_hits(question))
    if Strategy.HASHED in way.strategies:
        ways.go(Strategy.HASHED, lambda: token_hits(question))
    if vector is not None:
        ways.go(Strategy.VECTORS, lambda: meaning_hits(question, vector))
    return ways


def _results(best: list[tuple[UUID, float]], kinds: Mapping[str, Searchable], text: str) -> list[Result]:
    rows = SearchDocument.objects.filter(pk__in=[pk for pk, _score in best])
    columns = rows.values_list("pk", "organization_id", "entity", "record_id", "title", "subtitle")
    known = {row[0]: (row[1], Found(*row[2:])) for row in columns}
    wanted, names = wanted_words(asked_chunks(text)), _organizations() if known else {}
    found = [(*known[pk], score) for pk, score in best if pk in known]
    return [
        replace(_result(hit, score, kinds[hit.entity], wanted), organization=names.get(owner, ""))
        for owner, hit, score in found
    ]


def _organizations() -> dict[UUID | None, str]:
    """Names of the selected organizations, where there are several."""
    selected = current_scope().organization_ids
    if len(selected) < 2:
        return {}
    return {pk: name for pk, name, _depth in service(OrganizationTree).choices(selected)}


def _result(found: Found, score: float, kind: Searchable, wanted: tuple[str, ...]) -> Result:
    entity = entity_of(kind)
    shown = kind.format_result(found) if kind.format_result else Shown(found.title, found.subtitle)
    return Result(
        entity=found.entity,
        entity_label=str(entity.label),
        id=found.id,
        title=shown.title,
        subtitle=shown.subtitle,
        url=address_of(kind, found),
        icon=shown.icon or entity.icon or "description",
        score=round(score, 6),
        marked_title=marked(shown.title, wanted),
        marked_subtitle=marked(shown.subtitle, wanted),
    )


def address_of(kind: Searchable, found: Found) -> str:
    """Where a hit leads, "" where it has no page."""
    if callable(kind.url):
        return kind.url(found)
    if kind.url:
        return reverse(kind.url, args=[found.id])
    return record_url(found.entity, found.id)


def unbuilt(entities: Collection[str]) -> tuple[str, ...]:
    """Those of the kinds whose index is not complete yet."""
    rows = SearchIndex.objects.filter(entity__in=list(entities), is_built=True)
    return tuple(sorted(set(entities) - set(rows.values_list("entity", flat=True))))


class IndexQuery:
    """The kernel's port `SearchQuery`: lists are searched by the index where it is complete."""

    def ids(self, entity: str, text: str, *, limit: int) -> list[UUID] | None:
        """Ids of matching records, best first; None for a kind that is not declared, or not indexed as a whole.

        The list itself says who may see it and what of it.
        """
        if kind_named(entity) is None or unbuilt([entity]):
            return None
        question = Question(text[:LONGEST], reachable([entity]), current_way().language)
        best = list(word_hits(question) | token_hits(question))[:limit]
        records = dict(SearchDocument.objects.filter(pk__in=best).values_list("pk", "record_id"))
        return [records[pk] for pk in best if pk in records]
