"""REST interface of books and shelves."""

from __future__ import annotations

from typing import ClassVar

from apps.kernel.api.viewsets import CommandViewSet
from tests.support.shelf import services
from tests.support.shelf.api.serializers import BookSerializer, ShelfSerializer
from tests.support.shelf.features import MANAGE, VIEW
from tests.support.shelf.models import Book, Shelf

FEATURES: dict[str, tuple[str, ...]] = {
    "list": (VIEW,),
    "retrieve": (VIEW,),
    "create": (MANAGE,),
    "update": (MANAGE,),
    "partial_update": (MANAGE,),
    "destroy": (MANAGE,),
}


class BookViewSet(CommandViewSet):
    """Books of the selected organizations."""

    entity = Book.entity_id
    serializer_class = BookSerializer
    filter_fields = (
        "title",
        "code",
        "price",
        "pages",
        "is_lent",
        "published_on",
        "borrowed_at",
        "kind",
        "tags",
        "currency_id",
        "genre_id",
        "shelf_id",
        "is_restricted",
        "created_at",
    )
    ordering_fields = (
        "title",
        "code",
        "price",
        "pages",
        "is_lent",
        "published_on",
        "borrowed_at",
        "kind",
        "created_at",
    )
    default_ordering = "title"
    create_command = services.create_book
    update_command = services.update_book
    delete_command = services.delete_book
    features: ClassVar[dict[str, tuple[str, ...]]] = FEATURES


class ShelfViewSet(CommandViewSet):
    """Shelves of the selected organizations."""

    entity = Shelf.entity_id
    serializer_class = ShelfSerializer
    filter_fields = ("name", "created_at")
    ordering_fields = ("name", "created_at")
    default_ordering = "name"
    create_command = services.create_shelf
    update_command = services.update_shelf
    delete_command = services.delete_shelf
    features: ClassVar[dict[str, tuple[str, ...]]] = FEATURES
