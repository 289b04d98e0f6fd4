"""Comments on customers and deals: saying, changing, taking away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from apps.customers.features import MANAGE_COMMENTS, WRITE_COMMENTS
from apps.customers.models import Comment, Follower, Mention
from apps.customers.selectors.talking import person_acting, seen_comments
from apps.customers.services.people import create_person
from apps.customers.services.telling import tell_mentioned
from apps.customers.services.topics import Subject, demand_open, demand_subject
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import keep_pointers_out, load_for_update
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged
from apps.kernel.errors import FeatureRequired, FieldError, RowNotFound
from apps.kernel.references.validation import hold, no_such_record
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import Actor, ActorKind, Scope, current_scope

USER = "auth.user"
Ids = Sequence[UUID]


def _new_comment(scope: Scope) -> dict[str, Any]:
    return {"customer_id": create_person(first_name="Ada").pk, "body": "Asked for an offer."}


def _some_comment(scope: Scope) -> dict[str, Any]:
    return {"comment_id": create_comment(**_new_comment(scope)).pk}


def _changed_comment(scope: Scope) -> dict[str, Any]:
    return {**_some_comment(scope), "body": "Asked for two offers."}


@command("customers.comment.create", feature=WRITE_COMMENTS, example=_new_comment)
def create_comment(
    *, body: str, customer_id: UUID | None = None, deal_id: UUID | None = None, mention_ids: Ids = ()
) -> Comment:
    """Say something about a customer or a deal; the author follows it from then on, the mentioned are told.

    Raises InvalidInput with all complaints, PersonErased.
    """
    subject = demand_open(customer_id, deal_id)
    comment = Comment(body=body.strip(), customer_id=customer_id, deal_id=deal_id, author_id=person_acting())
    comment.organization_id = subject.organization_id
    demand_valid(comment, ("body",), more=unknown_users(mention_ids))
    comment.save(force_insert=True)
    follow_too(comment)
    _mention(comment, subject, mention_ids)
    return comment


@command("customers.comment.update", feature=WRITE_COMMENTS, example=_changed_comment)
def update_comment(comment_id: UUID, *, body: str | Unchanged = UNCHANGED, mention_ids: Ids | None = None) -> Comment:
    """Change what was said; whoever is mentioned only now is told. For the author, and who manages comments.

    Raises RowNotFound, FeatureRequired, InvalidInput.
    """
    comment = _changeable(comment_id)
    if not isinstance(body, Unchanged):
        comment.body = body.strip()
    demand_valid(comment, ("body",), more=unknown_users(mention_ids or ()))
    if mention_ids is not None:
        _mention(comment, demand_subject(comment.customer_id, comment.deal_id), mention_ids)
    comment.save(update_fields=["body", "version"])
    return comment


@command("customers.comment.delete", feature=WRITE_COMMENTS, example=_some_comment)
def delete_comment(comment_id: UUID) -> Comment:
    """Hide what was said; undo brings it back. For the author, and who manages comments.

    Raises RowNotFound, FeatureRequired, InUse with counts.
    """
    comment = _changeable(comment_id)
    keep_pointers_out(comment)
    hide(comment)
    return comment


def may_change_comment(author_id: UUID | None, actor: Actor) -> bool:
    """Say whether the actor may change a comment of the author: their own, or anybody's with the feature."""
    is_own = actor.kind is ActorKind.STAFF and author_id is not None and author_id == actor.id
    return is_own or actor.access.allows(MANAGE_COMMENTS)


def unknown_users(ids: Ids) -> Iterator[FieldError]:
    """Complaints about ids that are no users; the others are held against deletion."""
    there = hold(ENTITIES[USER], set(ids)) if ids else set()
    for index, item in enumerate(ids):
        if item not in there:
            yield no_such_record(f"mention_ids.{index}")


def follow_too(comment: Comment) -> None:
    """Have the author follow what they speak of, if they do not yet."""
    if comment.author_id is not None:
        row = Follower(customer_id=comment.customer_id, deal_id=comment.deal_id, user_id=comment.author_id)
        row.organization_id = comment.organization_id
        same = Follower.objects.filter(customer_id=row.customer_id, deal_id=row.deal_id, user_id=row.user_id)
        if not same.exists():
            Follower.objects.bulk_create([row], ignore_conflicts=True)


def _changeable(comment_id: UUID) -> Comment:
    comment = load_for_update(Comment, comment_id)
    if not seen_comments().filter(pk=comment.pk).exists():
        raise RowNotFound
    if not may_change_comment(comment.author_id, current_scope().actor):
        raise FeatureRequired(feature=MANAGE_COMMENTS)
    return comment


def _mention(comment: Comment, subject: Subject, ids: Ids) -> None:
    """Let the comment speak to these users and no others, and tell those who are new."""
    rows = Mention.objects.filter(comment=comment)
    there = set(rows.values_list("user_id", flat=True))
    gone, added = there - set(ids), [item for item in dict.fromkeys(ids) if item not in there]
    if gone:
        rows.filter(user_id__in=gone).delete()
    if added:
        place = comment.organization_id
        Mention.objects.bulk_create([Mention(comment=comment, user_id=item, organization_id=place) for item in added])
        tell_mentioned(comment, subject, added)
