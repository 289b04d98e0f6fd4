"""The port of saved views: whoever keeps them answers which ones a list has, and which one it opens with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class SavedFacts:
    """A saved view as lists need it. `settings` is JSON as `Arrangement.settings` makes it.

    `role_id` is the role that it belongs to, None for a user's own. `may_change` says whether the reader may.
    """

    id: UUID
    list: str
    name: str
    settings: Mapping[str, Any]
    version: int
    role_id: UUID | None = None
    is_own: bool = False
    is_default: bool = False
    is_pinned: bool = False
    is_linked: bool = False
    may_change: bool = False


@dataclass(frozen=True, slots=True)
class ViewsOfList:
    """Views that the reader finds above a list, the one that was asked for, and the one that it opens with."""

    listed: tuple[SavedFacts, ...] = ()
    chosen: SavedFacts | None = None
    default: SavedFacts | None = None
    may_save: bool = False


class ListViews(Protocol):
    """Saved views of lists: answered by the back office. Called inside the tenant's scope."""

    def of_list(self, request: HttpRequest, list_id: str, chosen: UUID | None) -> ViewsOfList:
        """Views of a list, one query at most; `chosen` may be anybody's that the reader may open, of any list."""
        ...


class NoViews:
    """The answer of a house that keeps no views."""

    def of_list(self, request: HttpRequest, list_id: str, chosen: UUID | None) -> ViewsOfList:
        """None."""
        return ViewsOfList()
