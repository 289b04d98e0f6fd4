"""The kernel's port `ObjectSharing`: modules grant single records of theirs under a feature of their own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import models

from apps.auth.models import RoleGrant, UserGrant
from apps.auth.services.object_boundary import demand_own_reach
from apps.auth.services.object_grants import (
    demand_actor_reaches,
    grant_access,
    keep_own_access,
    record_for_update,
    revoke_access,
    switch,
)
from apps.kernel.access.objects import Level
from apps.kernel.ports import Holder
from apps.kernel.tenancy.scope import current_scope


class StoredSharing:
    """Does what the commands of grants do, inside the module's own command, which is then the one action."""

    def restrict(self, record_id: UUID, *, entity: str) -> models.Model:
        """Restrict the record. Raises RowNotFound, RecordReadOnly, GrantBeyondOwn, OwnAccessLost."""
        record = record_for_update(entity, record_id)
        demand_own_reach(current_scope().actor, record, Level.CHANGE)
        if not record.is_restricted:
            switch(record, is_restricted=True)
            keep_own_access(record)
            demand_actor_reaches(record)
        return record

    def reopen(self, record_id: UUID, *, entity: str) -> models.Model:
        """Open the record. Raises RowNotFound, RecordReadOnly, GrantBeyondOwn, RecordOpen."""
        return revoke_access.spec.function(record_id, entity=entity, reopen=True)  # type: ignore[no-any-return]

    def share(
        self, record_id: UUID, *, entity: str, level: str, user_id: UUID | None = None, role_id: UUID | None = None
    ) -> models.Model:
        """Grant. Raises what `access.grant` raises."""
        record_for_update(entity, record_id)  # a record that is missing is said before whom it was to be shared with
        grant_access.spec.function(record_id, entity=entity, user_id=user_id, role_id=role_id, level=level)
        return record_for_update(entity, record_id)

    def unshare(
        self, record_id: UUID, *, entity: str, user_id: UUID | None = None, role_id: UUID | None = None
    ) -> models.Model:
        """Take a grant away. Raises what `access.revoke` raises."""
        record: models.Model = revoke_access.spec.function(record_id, entity=entity, user_id=user_id, role_id=role_id)
        return record

    def holders(self, record: models.Model) -> list[Holder]:
        """Two queries, whatever the number of grants."""
        kind = ContentType.objects.get_for_model(record)
        own: dict[str, Any] = {"content_type": kind, "object_pk": record.pk}
        users = UserGrant.objects.filter(**own).select_related("user", "permission")
        roles = RoleGrant.objects.filter(**own).select_related("role", "permission")
        named = [Holder(grant.user_id, None, str(grant.user), grant.level) for grant in users]
        held = [Holder(None, grant.role_id, grant.role.name, grant.level) for grant in roles]
        return [*sorted(named, key=lambda item: item.name), *sorted(held, key=lambda item: item.name)]
