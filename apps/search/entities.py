"""The kind of record `search.settings`."""

from __future__ import annotations

from apps.kernel.registry.entities import entity
from apps.search.models import SearchSettings

entity(SearchSettings, icon="manage_search", url="")
