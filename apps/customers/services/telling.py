"""Telling people what others said and did: the mentioned, and those who follow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from apps.customers.calculations.words import one_line
from apps.customers.models import Comment, Customer, Follower
from apps.customers.models.talking import DEAL
from apps.customers.notifications import FOLLOWED, MENTIONED
from apps.customers.selectors.talking import mentions_of
from apps.customers.services.topics import Subject, subject_of, subject_of_deal, those_who_see
from apps.kernel.eventbus.contexts import EventContext
from apps.kernel.ports import Notifier
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope

LONGEST_TEXT = 300


@dataclass(frozen=True, slots=True)
class News:
    """Somebody did something with a customer or a deal. `text` is what they said, `told` who knows of it already."""

    subject_id: UUID
    actor_id: UUID | None
    who: str
    text: str = ""
    told: frozenset[UUID] = frozenset()


def tell_mentioned(comment: Comment, subject: Subject, user_ids: Iterable[UUID]) -> None:
    """Tell those whom the comment speaks to, but for its author and those who do not see what it is about."""
    actor = current_scope().actor
    readers = those_who_see(subject, (item for item in user_ids if item != actor.id))
    if readers:
        facts = {"who": actor.label, "name": subject.name, "text": one_line(comment.body, LONGEST_TEXT)}
        service(Notifier).notify(MENTIONED, readers, facts, about=(subject.entity, subject.id))


def tell_followers(news: Sequence[News], *, field: str) -> None:
    """Tell those who follow what others did, once for each subject and whoever did it.

    `field` says what the news are about: `customer_id` or `deal_id`.
    """
    latest = {(item.subject_id, item.actor_id): item for item in news}
    subjects = _subjects({item.subject_id for item in news}, field=field)
    followers = _followers(subjects, field=field)
    for item in latest.values():
        readers = [user for user in followers.get(item.subject_id, ()) if user not in {*item.told, item.actor_id}]
        if readers:
            _tell(subjects[item.subject_id], item, readers)


def _tell(subject: Subject, item: News, readers: Iterable[UUID]) -> None:
    seeing = those_who_see(subject, sorted(readers))
    facts = {"who": item.who, "name": subject.name, "text": item.text, "subject_id": subject.id}
    if seeing:
        service(Notifier).notify(FOLLOWED, seeing, facts, about=(subject.entity, subject.id))


def _subjects(ids: set[UUID], *, field: str) -> dict[UUID, Subject]:
    if field == "customer_id":
        rows = Customer.objects.filter(pk__in=ids, deleted_at__isnull=True)
        return {row.pk: subject_of(row) for row in rows}
    kind = ENTITIES.get(DEAL)
    deals = kind.living().filter(pk__in=ids) if kind is not None else ()
    return {row.pk: subject_of_deal(row) for row in deals}


def _followers(subjects: Iterable[UUID], *, field: str) -> dict[UUID, list[UUID]]:
    found: dict[UUID, list[UUID]] = {}
    rows = Follower.objects.filter(**{f"{field}__in": list(subjects)}).values_list(field, "user_id")
    for subject_id, user_id in rows:
        found.setdefault(subject_id, []).append(user_id)
    return found


def comment_news(events: Iterable[EventContext]) -> dict[str, list[News]]:
    """What was said, by the field that names what it was said about; two queries."""
    by_comment = {ctx.entity_id: ctx for ctx in events}
    rows = list(Comment.objects.filter(pk__in=[item for item in by_comment if item], deleted_at__isnull=True))
    mentioned = mentions_of(row.pk for row in rows)
    found: dict[str, list[News]] = {"customer_id": [], "deal_id": []}
    for row in rows:
        field = "customer_id" if row.customer_id else "deal_id"
        actor = by_comment[row.pk].actor
        told = frozenset(mentioned.get(row.pk, ()))
        found[field].append(News(getattr(row, field), actor.id, actor.label, one_line(row.body, LONGEST_TEXT), told))
    return found
