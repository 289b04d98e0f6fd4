"""Shapes of books and shelves in the REST interface."""

from __future__ import annotations

from apps.kernel.api.serializers import StrictModelSerializer, StrictUUIDField
from tests.support.shelf.models import Book, Shelf

OWN = ("id", "organization_id", "version", "created_at", "updated_at")


class BookSerializer(StrictModelSerializer):
    """One book. Who may see it is changed by grants only."""

    shelf_id = StrictUUIDField(allow_null=True, required=False)

    class Meta:
        model = Book
        fields = (
            *OWN,
            "title",
            "code",
            "price",
            "pages",
            "is_lent",
            "published_on",
            "borrowed_at",
            "kind",
            "notes",
            "tags",
            "currency_id",
            "genre_id",
            "shelf_id",
            "is_restricted",
        )
        read_only_fields = ("is_restricted",)


class ShelfSerializer(StrictModelSerializer):
    """One shelf."""

    class Meta:
        model = Shelf
        fields = (*OWN, "name")
