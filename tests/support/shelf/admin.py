"""Back office pages of books and shelves."""

from __future__ import annotations

from apps.kernel.admin.pages import CommandAdmin
from apps.kernel.admin.registration import register
from tests.support.shelf import services
from tests.support.shelf.features import MANAGE, VIEW
from tests.support.shelf.models import Book, Shelf


@register(Book)
class BookPage(CommandAdmin):
    """Books of the selected organizations."""

    create_command = services.create_book
    update_command = services.update_book
    delete_command = services.delete_book
    view_feature = VIEW
    manage_feature = MANAGE
    icon = "book_2"
    order = 10
    list_display = ("title", "code", "kind", "price", "is_lent", "currency_id", "is_restricted")
    list_filter = ("kind", "is_lent")
    search_fields = ("title", "code")
    ordering = ("title",)
    fields = (("title", "code"), ("kind", "pages"), ("price", "currency_id"), "is_lent", "tags", "notes")


@register(Shelf)
class ShelfPage(CommandAdmin):
    """Shelves of the selected organizations."""

    create_command = services.create_shelf
    update_command = services.update_shelf
    delete_command = services.delete_shelf
    view_feature = VIEW
    manage_feature = MANAGE
    icon = "shelves"
    order = 20
    list_display = ("name",)
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name",)
