"""REST interface of mails: what was sent, what failed, and sending that again."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.kernel.api.viewsets import CommandViewSet
from apps.notifications import services
from apps.notifications.api.serializers import IdsSerializer, MailAnswers, MailDetailSerializer, MailSerializer
from apps.notifications.features import MANAGE, VIEW
from apps.notifications.models import Mail


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
