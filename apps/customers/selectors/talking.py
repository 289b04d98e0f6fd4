"""What an actor sees of comments, labels and followers: those of customers and deals that they see themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from apps.customers.models import Comment, Company, Customer, Follower, Label, Labelling, Mention, Person
from apps.customers.models.talking import DEAL
from apps.kernel.access.visible import visible
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import Actor, ActorKind, current_scope

NOTHING = Q(pk__in=())


def person_acting() -> UUID | None:
    """The user who acts; None for programs."""
    actor = current_scope().actor
    return actor.id if actor.kind is ActorKind.STAFF else None


def opens(model: object, actor: Actor) -> bool:
    """Say whether the actor may see records of the model at all."""
    return actor.kind is ActorKind.SYSTEM or actor.access.allows(str(getattr(model, "view_feature", "")))


def about_seen(column: str = "customer_id", *, deals: bool = True) -> Q:
    """The condition that a row is about a living person, company or deal that the scope's actor sees."""
    actor, test = current_scope().actor, NOTHING
    for model in (Person, Company):
        if opens(model, actor):
            test |= _names_one_of(column, visible(model._default_manager.filter(deleted_at__isnull=True)))
    kind = ENTITIES.get(DEAL) if deals else None
    if kind is not None and opens(kind.model, actor):
        test |= _names_one_of("deal_id", kind.living())
    return test


def _names_one_of(column: str, rows: QuerySet[Any]) -> Q:
    """The condition that the column has the id of one of the rows, which is looked up by key for each row that is read.

    Of EXISTS the planner would make a list of all those ids, a hundred thousand for one page of fifty.
    """
    return Q(**{column: Subquery(rows.order_by().filter(pk=OuterRef(column)).values("pk")[:1])})


def seen_customers() -> QuerySet[Customer]:
    """Living people and companies that the scope's actor sees."""
    rows: QuerySet[Customer] = Customer.objects.filter(about_seen("pk", deals=False), deleted_at__isnull=True)
    return rows


def seen_comments() -> QuerySet[Comment]:
    """Living comments on what the scope's actor sees."""
    rows: QuerySet[Comment] = Comment.objects.filter(about_seen(), deleted_at__isnull=True)
    return rows


def seen_followers() -> QuerySet[Follower]:
    """Who follows what the scope's actor sees."""
    rows: QuerySet[Follower] = Follower.objects.filter(about_seen())
    return rows


def own_labels() -> QuerySet[Label]:
    """Living labels of the user who acts; none for programs."""
    rows: QuerySet[Label] = Label.objects.filter(user_id=person_acting(), deleted_at__isnull=True)
    return rows


def labels_on(customer_id: UUID) -> list[tuple[Label, bool]]:
    """Each label of the user who acts, and whether the customer has it; one query."""
    held = Exists(Labelling.objects.filter(customer_id=customer_id, label_id=OuterRef("pk")))
    rows = own_labels().annotate(is_held=held).order_by("label", "pk")
    return [(row, bool(row.is_held)) for row in rows]


def subject_key(record: Any) -> dict[str, Any]:
    """The column that names the record in what is about it (`customer_id` or `deal_id`), with its id."""
    return {"deal_id" if record.entity_id == DEAL else "customer_id": record.pk}


def following(record: Any) -> Follower | None:
    """The row by which the user who acts follows the customer or deal; None where they do not."""
    return Follower.objects.filter(**subject_key(record), user_id=person_acting()).first()


def followers_of(record: Any) -> list[UUID]:
    """Ids of the users who follow the customer or deal, the earliest first; one query."""
    rows = Follower.objects.filter(**subject_key(record)).order_by("created_at", "pk")
    return list(rows.values_list("user_id", flat=True))


def mentions_of(comment_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """Ids of the users that each comment speaks to; one query."""
    found: dict[UUID, list[UUID]] = {}
    rows = Mention.objects.filter(comment__in=list(comment_ids)).order_by("pk")
    for comment_id, user_id in rows.values_list("comment_id", "user_id"):
        found.setdefault(comment_id, []).append(user_id)
    return found
