"""What may be allowed with books and shelves."""

from __future__ import annotations

from apps.kernel.registry.features import feature

VIEW = feature("shelf.books.view", "See books")
MANAGE = feature("shelf.books.manage", "Add, change and delete books", implies=(VIEW,))
