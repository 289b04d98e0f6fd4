"""What is said about customers and deals, in the back office: comments and labels, and what is done on their pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.customers import services
from apps.customers.admin.customer_deals import customer_deals_view
from apps.customers.admin.files import files_view
from apps.customers.admin.overview import overview_view, seen_record
from apps.customers.extensions.talking import composing
from apps.customers.features import USE_LABELS, VIEW_COMMENTS, WRITE_COMMENTS
from apps.customers.models import Comment, CustomerKind, Label
from apps.customers.models.talking import DEAL
from apps.customers.selectors.talking import following, labels_on, seen_comments, subject_key
from apps.customers.services.comments import USER, may_change_comment
from apps.customers.services.topics import KINDS
from apps.kernel.admin.access import allows
from apps.kernel.admin.addresses import model_address
from apps.kernel.admin.frames import record_frame
from apps.kernel.admin.labels import labels_of, record_url
from apps.kernel.admin.offers import say
from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import current_scope

View = Callable[..., HttpResponse]
MOST_FOUND = 8
MOST_MENTIONS = 20
FORM_ERRORS = frozenset({400, 409, 422})


class TalkedAbout:
    """Pages of a record beside its form: the overview, its files, and what is done from there."""

    overview: ClassVar[View]

    def own_views(self) -> dict[str, tuple[str, View]]:
        """Their names, addresses and views."""
        return {
            "overview": ("<path:object_id>/overview/", type(self).overview),
            "files": ("<path:object_id>/files/", files_view),
            "comment": ("<path:object_id>/comment/", comment_view),
            "follow": ("<path:object_id>/follow/", follow_view),
            "mentionable": ("mentionable/", mentionable_view),
        }

    def get_urls(self) -> list[URLPattern]:
        """The house's addresses and those of the record's own pages."""
        parent: Any = super()
        page: Any = self
        own = [page._tool_url(name, place, view) for name, (place, view) in self.own_views().items()]
        return [*own, *parent.get_urls()]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """The list, whose rows lead to overviews."""
        parent: Any = super()
        page: Any = self

        class LeadingList(parent.get_changelist(request, **kwargs)):  # type: ignore[misc]
            def url_for_result(self, result: Any) -> str:
                return model_address(page, "overview", result.pk)

        return LeadingList


class CustomerPages(TalkedAbout):
    """Pages of a person or company, whom one may label as well."""

    overview = staticmethod(overview_view)

    def own_views(self) -> dict[str, tuple[str, View]]:
        """Those of every record, their deals, and labels."""
        return {
            **super().own_views(),
            "deals": ("<path:object_id>/deals/", customer_deals_view),
            "label": ("<path:object_id>/label/", label_view),
        }


def comment_view(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Take a comment; one that is refused is shown again with what is wrong."""
    record = seen_record(page, request, object_id)
    if not allows(WRITE_COMMENTS):
        raise PermissionDenied
    back = model_address(page, "timeline", record.pk)
    if request.method != "POST":
        return HttpResponseRedirect(back)
    body, mentioned = request.POST.get("body", ""), _ids(request.POST.getlist("mention_ids"))
    try:
        run(services.create_comment, body=body, **subject_key(record), mention_ids=mentioned)
    except PlatformError as refusal:
        if refusal.status not in FORM_ERRORS:
            raise
        return _asked_again(page, request, record, refusal)
    say(request, _("Comment added."))
    return HttpResponseRedirect(back)


def _asked_again(page: Any, request: HttpRequest, record: Any, refusal: PlatformError) -> HttpResponse:
    """The comment that was refused, as it was written."""
    ids = _ids(request.POST.getlist("mention_ids"))
    labels = labels_of(request)
    labels.fetch((USER, item) for item in ids)
    context = {
        **record_frame(page.admin_site, request, record, _("Comment on %(name)s") % {"name": record}),
        **composing(record),
        "body": request.POST.get("body", ""),
        "mentioned": [(item, labels.text(USER, item)) for item in ids],
        "complaints": [str(item.message) for item in refusal.errors] or [refusal.detail],
    }
    return TemplateResponse(request, "customers/comment.html", context, status=refusal.status)


def _ids(given: list[str]) -> list[UUID]:
    """The ids among the texts, each once; what is none is left out, as only a script puts them there."""
    found: dict[UUID, None] = {}
    for item in given[:MOST_MENTIONS]:
        try:
            found[UUID(item)] = None
        except ValueError:
            continue
    return list(found)


def mentionable_view(page: Any, request: HttpRequest) -> HttpResponse:
    """Users whose names contain what is typed behind `@`, as JSON."""
    if not allows(WRITE_COMMENTS):
        raise PermissionDenied
    text = request.GET.get("q", "").strip()[:100].replace("\0", "")
    found = ENTITIES[USER].find(text, limit=MOST_FOUND)
    return JsonResponse({"results": [{"id": str(item), "name": name} for item, name in found]})


def follow_view(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Begin to follow, or end it."""

    def turn(record: Any) -> str:
        row = following(record)
        if row is None:
            run(services.follow, **subject_key(record))
            return _("You are told what others do here.")
        run(services.unfollow, row.pk)
        return _("You are told no more of what others do here.")

    return _done(page, request, object_id, turn)


def label_view(page: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """Give the customer one of the reader's labels, or take it away."""

    def turn(record: Any) -> str:
        [label_id] = _ids([request.POST.get("label", "")]) or [UUID(int=0)]
        is_held = next((held for row, held in labels_on(record.pk) if row.pk == label_id), False)
        run(services.unassign_label if is_held else services.assign_label, label_id, customer_ids=[record.pk])
        return _("Label taken away.") if is_held else _("Label given.")

    return _done(page, request, object_id, turn)


def _done(page: Any, request: HttpRequest, object_id: str, turn: Callable[[Any], str]) -> HttpResponse:
    """Do it when it is asked for by POST, and go back to the overview."""
    record = seen_record(page, request, object_id)
    if request.method == "POST":
        say(request, turn(record))
    return HttpResponseRedirect(model_address(page, "overview", record.pk))


@register(Comment)
class CommentPage(CommandAdmin):
    """Comments on everything that the reader sees, the latest first."""

    update_command = services.update_comment
    delete_command = services.delete_comment
    view_feature = VIEW_COMMENTS
    manage_feature = WRITE_COMMENTS
    icon = "chat"
    order = 70
    bulk_fields: ClassVar[tuple[str, ...]] = ()
    empty_hint = gettext_lazy("Comments are written on the timeline of a person, company or deal.")
    list_display = ("words", "about", "author", "created_at")
    list_display_links = ("words",)
    search_fields = ("body",)
    sortable_by: ClassVar[tuple[str, ...]] = ("created_at",)
    ordering = ("-created_at", "-id")
    list_select_related = ("customer",)
    fields = ("about", "body", ("author", "created_at"))
    readonly_fields = ("about", "author", "created_at")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Those on what the reader sees."""
        rows = super().get_queryset(request).filter(pk__in=seen_comments().values("pk"))
        return rows.select_related("customer")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether it may be changed: one's own, and anybody's by who manages comments."""
        return super().has_change_permission(request, obj) and _may_change(obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same for taking it away."""
        return super().has_delete_permission(request, obj) and _may_change(obj)

    def prepare_rows(self, request: HttpRequest, rows: list[Any]) -> None:
        """Look up the authors of the page at once."""
        labels = labels_of(request)
        labels.fetch([(USER, row.author_id) for row in rows if row.author_id])
        labels.fetch([(DEAL, row.deal_id) for row in rows if row.deal_id])
        for row in rows:
            row.author_words = labels.text(USER, row.author_id)
            row.deal_words = labels.text(DEAL, row.deal_id) if row.deal_id else ""

    def words(self, row: Comment) -> str:
        """The first words."""
        return str(row)

    words.short_description = gettext_lazy("comment")  # type: ignore[attr-defined]

    def about(self, row: Any) -> Any:
        """What it is about, as a link."""
        if row.customer is None:
            known = getattr(row, "deal_words", None)
            words = ENTITIES[DEAL].labels([row.deal_id]).get(row.deal_id, "") if known is None else known
            return format_html('<a href="{}" class="text-link">{}</a>', record_url(DEAL, row.deal_id), words)
        entity = KINDS[CustomerKind(row.customer.kind)]
        return format_html('<a href="{}" class="text-link">{}</a>', record_url(entity, row.customer.pk), row.customer)

    about.short_description = gettext_lazy("about")  # type: ignore[attr-defined]

    def author(self, row: Any) -> str:
        """Who said it."""
        known = getattr(row, "author_words", None)
        return str(ENTITIES[USER].labels([row.author_id]).get(row.author_id, "") if known is None else known) or "–"

    author.short_description = gettext_lazy("author")  # type: ignore[attr-defined]


def _may_change(row: Any) -> bool:
    return row is None or may_change_comment(row.author_id, current_scope().actor)


@register(Label)
class LabelPage(CommandAdmin):
    """The reader's own labels."""

    create_command = services.create_label
    update_command = services.update_label
    delete_command = services.delete_label
    view_feature = USE_LABELS
    manage_feature = USE_LABELS
    icon = "label"
    order = 85
    empty_hint = gettext_lazy("Labels mark customers for you alone, such as “call back”. Nobody else sees them.")
    list_display = ("label", "color", "updated_at")
    search_fields = ("label",)
    ordering = ("label",)
    fields = ("label", "color")

    def get_queryset(self, request: HttpRequest) -> Any:
        """One's own, deleted ones too where what was deleted is looked at."""
        return super().get_queryset(request).filter(user_id=current_scope().actor.id)
