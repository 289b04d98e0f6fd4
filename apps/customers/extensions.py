"""What the module tells on timelines: comments."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.customers.features import VIEW_COMMENTS
from apps.customers.models import Comment
from apps.customers.models.talking import DEAL
from apps.customers.selectors.talking import mentions_of, seen_comments
from apps.customers.services.comments import USER, may_change_comment
from apps.kernel.admin.labels import Labels
from apps.kernel.extensions.timelines import Asking, Moment, TimelineSource, timeline_source
from apps.kernel.tenancy.scope import current_scope


def fetch_comments(asking: Asking) -> list[Moment]:
    """Comments on the records; three queries."""
    field = "deal_id" if asking.entity == DEAL else "customer_id"
    rows = seen_comments().filter(**{f"{field}__in": asking.ids})
    if asking.until is not None:
        rows = rows.filter(created_at__lte=asking.until)
    found = list(rows.order_by("-created_at", "-pk")[: asking.limit])
    mentioned = mentions_of(row.pk for row in found) if found else {}
    labels = Labels()
    people = {row.author_id for row in found} | {item for ids in mentioned.values() for item in ids}
    labels.fetch((USER, item) for item in people if item)
    return [_moment(row, labels, [labels.text(USER, item) for item in mentioned.get(row.pk, ())]) for row in found]


def _moment(row: Comment, labels: Labels, mentioned: list[str]) -> Moment:
    may_change = may_change_comment(row.author_id, current_scope().actor)
    return Moment(
        row.created_at,
        row.pk.hex,
        title=_("Comment"),
        who=labels.text(USER, row.author_id) if row.author_id else "",
        text=row.body,
        template="customers/timeline_comment.html",
        values={"comment": row, "mentioned": mentioned, "may_change": may_change, "is_edited": row.version > 1},
        facts={"comment_id": str(row.pk), "author_id": str(row.author_id) if row.author_id else None},
    )


timeline_source(
    TimelineSource(
        "customers.comments",
        _("Comments"),
        "customers.*",
        fetch_comments,
        icon="chat",
        offered=lambda entity: entity in {"customers.person", "customers.company", DEAL},
        priority=80,
        features=(VIEW_COMMENTS,),
    )
)
