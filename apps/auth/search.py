"""How users are found: by name, or by their whole address."""

from __future__ import annotations

from apps.auth.features import VIEW_USERS
from apps.auth.models import User
from apps.search.contracts import searchable

searchable(
    User,
    feature=VIEW_USERS,
    title="name",
    fields={"name": "A"},
    excluded=("email_digest",),
    hash_only=("email",),
)
