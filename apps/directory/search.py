"""How organizations are found."""

from __future__ import annotations

from apps.directory.features import ORGANIZATIONS_VIEW
from apps.directory.models import Organization
from apps.search.contracts import searchable

# An organization is its own place: who works below another one does not find it.
searchable(
    Organization,
    feature=ORGANIZATIONS_VIEW,
    title="name",
    subtitle="slug",
    fields={"name": "A", "slug": "B"},
    excluded=("logo_url", "path"),
    organization="id",
)
