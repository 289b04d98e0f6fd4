"""REST interface: mails and sending them again; own notifications, sending some to others, and choices."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.kernel.api.plain import PlainView
from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.api.serializers import Empty
from apps.kernel.api.viewsets import CommandViewSet
from apps.notifications import services
from apps.notifications.api.serializers import (
    ActSerializer,
    ChangedAnswer,
    ChoosingSerializer,
    CountAnswer,
    IdsSerializer,
    MailAnswers,
    MailDetailSerializer,
    MailSerializer,
    NoticeAnswer,
    NoticeSerializer,
    NotificationSerializer,
    PreferencesAnswer,
)
from apps.notifications.features import CREATE, MANAGE, VIEW
from apps.notifications.models import Mail, Notification
from apps.notifications.selectors import MOST_COUNTED, own_notifications, unread_count
from apps.notifications.services.showing import Preferences, preferences

OWN = "everybody has notifications of their own; other people's are kept from them"


class MailViewSet(CommandViewSet):
    """Mails of the tenant and of the selected organizations; `status=failed` lists the dead letters."""

    entity = Mail.entity_id
    serializer_class = MailSerializer
    filter_fields = (
        "organization_id",
        "template",
        "about_id",
        "recipient",
        "content",
        "status",
        "sent_at",
        "created_at",
        "updated_at",
    )
    ordering_fields = ("created_at", "sent_at", "updated_at", "status")
    default_ordering = "-created_at"
    features: ClassVar[dict[str, tuple[str, ...]]] = {
        "list": (VIEW,),
        "retrieve": (VIEW,),
        "retry": (MANAGE,),
        "retry_many": (MANAGE,),
        "cancel": (MANAGE,),
    }

    def get_serializer_class(self) -> Any:
        """The text stands in details only: in a list or a file of mails it would be much, and much to lose."""
        return MailDetailSerializer if self.action == "retrieve" else MailSerializer

    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: UUID) -> Response:
        """Send a mail that failed again."""
        return self.pressed(request, services.retry_mail, pk)

    @extend_schema(request=IdsSerializer, responses={200: MailAnswers})
    @action(detail=False, methods=["post"], url_path="retry")
    def retry_many(self, request: Request) -> Response:
        """Send up to 200 mails that failed again: all of them or none."""
        return self.answered(services.retry_mails, self.checked(request, serializer=IdsSerializer)["ids"])

    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: UUID) -> Response:
        """Do not send a mail that waits, or let one that failed rest."""
        return self.pressed(request, services.cancel_mail, pk)


class NotificationViewSet(CommandViewSet):
    """The caller's own notifications, the newest first; other people's are not there."""

    entity = Notification.entity_id
    serializer_class = NotificationSerializer
    filter_fields = ("type", "severity", "status", "source_entity", "source_id", "happened_at", "created_at")
    ordering_fields = ("happened_at", "created_at")
    default_ordering = "-happened_at"
    authenticated = OWN

    def get_queryset(self) -> QuerySet[Any]:
        """The caller's own that have not expired; programs have none."""
        return own_notifications()

    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: UUID) -> Response:
        """Mark it as read."""
        return self.pressed(request, services.mark_read, pk)

    @action(detail=True, methods=["post"])
    def dismiss(self, request: Request, pk: UUID) -> Response:
        """Put it away."""
        return self.pressed(request, services.dismiss, pk)

    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: UUID) -> Response:
        """Bring it back after it was put away."""
        return self.pressed(request, services.restore, pk)

    @extend_schema(request=ActSerializer)
    @action(detail=True, methods=["post"], url_path="action")
    def act(self, request: Request, pk: UUID) -> Response:
        """Do what the action says, with the caller's own permissions; once for each notification."""
        return self.answered(services.act, pk, **self.checked(request, serializer=ActSerializer))


class UnreadCountView(PlainView):
    """How many own notifications are unread."""

    authenticated = OWN

    @extend_schema(responses={200: CountAnswer})
    def get(self, request: Request) -> Response:
        """The number; it stops at 100."""
        demand_known_parameters(request.query_params)
        count = unread_count()
        return Response({"count": count, "count_capped": count >= MOST_COUNTED})


class MarkAllReadView(PlainView):
    """Everything read."""

    authenticated = OWN

    @extend_schema(request=Empty, responses={200: ChangedAnswer})
    def post(self, request: Request) -> Response:
        """Mark all own notifications as read."""
        self.checked(Empty)
        return self.answered(services.mark_all_read, lambda changed: {"changed": changed})


class NoticesView(PlainView):
    """Notifications for others."""

    features: ClassVar[tuple[str, ...]] = (CREATE,)

    @extend_schema(request=NoticeSerializer, responses={201: NoticeAnswer})
    def post(self, request: Request) -> Response:
        """Send a notification to up to 1000 people by their ids, or to everybody with a role or a feature."""
        values = self.checked(NoticeSerializer)
        return self.answered(lambda: services.create_notice(**values), lambda pk: {"id": str(pk)}, status=201)


class PreferencesView(PlainView):
    """What the caller wants to be told, and how."""

    authenticated = "everybody decides what they are told"

    @extend_schema(responses={200: PreferencesAnswer})
    def get(self, request: Request) -> Response:
        """What was chosen, with everything that there is to choose from."""
        demand_known_parameters(request.query_params)
        return Response(_shown(preferences()))

    @extend_schema(request=ChoosingSerializer, responses={200: PreferencesAnswer})
    def patch(self, request: Request) -> Response:
        """Change what is named."""
        settings = self.checked(ChoosingSerializer)  # not partial: the choices in it are whole
        choices = [services.Choice(**item) for item in settings.pop("choices", [])]
        return self.answered(
            lambda: services.choose(choices=choices, settings=settings), lambda _row: _shown(preferences())
        )


def _shown(found: Preferences) -> dict[str, Any]:
    return dict(PreferencesAnswer(found).data)
