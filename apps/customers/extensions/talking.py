"""What the module adds to pages of customers: comments on their timelines, the overview as a tab, spots of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.customers.features import VIEW_COMMENTS, WRITE_COMMENTS
from apps.customers.models import Comment, Company, Deal, Person
from apps.customers.models.talking import DEAL, LONGEST_BODY
from apps.customers.selectors import takes_more
from apps.customers.selectors.talking import mentions_of, seen_comments
from apps.customers.services.comments import USER, may_change_comment
from apps.kernel.admin.labels import Labels
from apps.kernel.extensions.replacing import Replacement, replacement
from apps.kernel.extensions.spots import spot
from apps.kernel.extensions.tabs import RecordTab, record_tab
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


def overview_of(record: Any) -> str:
    """Where the overview of a person, company or deal stands; "" for other records of the module."""
    if not isinstance(record, Person | Company | Deal):
        return ""
    return reverse(f"admin:customers_{record._meta.model_name}_overview", args=[record.pk])


def composing(record: Any) -> dict[str, Any]:
    """Variables of the form for a comment on the record."""
    name = f"admin:{record._meta.app_label}_{record._meta.model_name}"
    return {
        "comment_url": reverse(f"{name}_comment", args=[record.pk]),
        "mentionable_url": reverse(f"{name}_mentionable"),
        "longest": LONGEST_BODY,
    }


def with_composer(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Variables of the form for a comment, above the timeline of a person, company or deal; none of who is erased."""
    record = given["original"]
    return composing(record) if takes_more(record) else {}


spot("detail:*:overview", "the overview of a person, company or deal, among its cards")
spot("detail:*:overview-side", "the overview of a person, company or deal, beside its cards")
record_tab(RecordTab("customers.overview", _("Overview"), "customers.*", overview_of, leads=True))
for _kind in (Person, Company, Deal):
    replacement(
        Replacement(
            f"customers.{_kind._meta.model_name}_timeline",
            f"page:customers/{_kind._meta.model_name}/*/timeline",
            wrapper="customers/timeline.html",
            context=with_composer,
            features=(WRITE_COMMENTS,),
        )
    )
