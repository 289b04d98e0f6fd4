"""REST interface of comments, of one's own labels, and of who follows what."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.customers import services
from apps.customers.api.filters import LabelFilter
from apps.customers.api.serializers.talking import (
    CommentChangeSerializer,
    CommentListSerializer,
    CommentSerializer,
    FollowerSerializer,
    LabelAssignment,
    LabelSerializer,
)
from apps.customers.features import FOLLOW, USE_LABELS, VIEW_COMMENTS, WRITE_COMMENTS
from apps.customers.models import Comment, Follower, Label
from apps.kernel.api.guarding import guarded
from apps.kernel.api.viewsets import CommandViewSet

SHAPES = {
    "list": CommentListSerializer,
    "update": CommentChangeSerializer,
    "partial_update": CommentChangeSerializer,
}


class CommentViewSet(CommandViewSet):
    """Comments on customers and deals that the reader sees, the latest first."""

    entity = Comment.entity_id
    serializer_class = CommentSerializer
    filter_fields = ("organization_id", "customer_id", "deal_id", "author_id", "body", "created_at", "updated_at")
    ordering_fields = ("created_at", "updated_at")
    default_ordering = "-created_at"
    create_command = services.create_comment
    update_command = services.update_comment
    delete_command = services.delete_comment
    features: ClassVar[dict[str, tuple[str, ...]]] = guarded(view=VIEW_COMMENTS, manage=WRITE_COMMENTS)

    def get_serializer_class(self) -> Any:
        """Lists show a comment's own columns; what it is about cannot be changed."""
        return SHAPES.get(str(self.action), super().get_serializer_class())


class LabelViewSet(CommandViewSet):
    """The labels of the user who asks; nobody sees those of others."""

    entity = Label.entity_id
    serializer_class = LabelSerializer
    filterset_class = LabelFilter
    filter_fields = ("label", "created_at", "updated_at")
    ordering_fields = ("label",)
    default_ordering = "label"
    create_command = services.create_label
    update_command = services.update_label
    delete_command = services.delete_label
    features: ClassVar[dict[str, tuple[str, ...]]] = guarded(
        view=USE_LABELS, manage=USE_LABELS, assign=(USE_LABELS,), unassign=(USE_LABELS,)
    )

    @extend_schema(request=LabelAssignment, responses={200: LabelSerializer})
    @action(detail=False, methods=["post"])
    def assign(self, request: Request) -> Response:
        """Mark customers with a label."""
        return self.answered(services.assign_label, **self.checked(request, serializer=LabelAssignment))

    @extend_schema(request=LabelAssignment, responses={200: LabelSerializer})
    @action(detail=False, methods=["post"])
    def unassign(self, request: Request) -> Response:
        """Take a label from customers."""
        return self.answered(services.unassign_label, **self.checked(request, serializer=LabelAssignment))


class FollowerViewSet(CommandViewSet):
    """Who follows the customers and deals that the reader sees; everybody follows and unfollows for themselves."""

    entity = Follower.entity_id
    serializer_class = FollowerSerializer
    filter_fields = ("customer_id", "deal_id", "user_id", "created_at")
    ordering_fields = ("created_at",)
    default_ordering = "-created_at"
    create_command = services.follow
    delete_command = services.unfollow
    features: ClassVar[dict[str, tuple[str, ...]]] = guarded(view=FOLLOW, manage=FOLLOW)
