"""The two base models of the house and their mixins."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.commands.together import together_or_none
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.columns import OrganizationColumn, TenantColumn
from apps.kernel.tenancy.managers import OrganizationManager, TenantManager


class TenantModel(models.Model):
    """A row of one tenant. The migration that creates its table runs `TenantTable`, which builds the wall.

    `entity_id` is the public name of the kind of row (`currencies.currency`), empty for inner tables.
    `audited=False` needs `unaudited_reason`; then no command is demanded and no image is kept.
    `undo` says how images are taken back: `restore` puts rows back, `close` (see `Bitemporal`) adds what corrects.
    `needs` names keys to records that are hidden when they go, without which undo does not bring a row back.
    `remembered` names columns whose former values the database keeps, so that they can be asked for (`former.py`);
    `remembered_by` is the column that such questions find rows by.
    """

    entity_id: ClassVar[str] = ""
    audited: ClassVar[bool] = True
    unaudited_reason: ClassVar[str] = ""
    undo: ClassVar[str] = "restore"
    needs: ClassVar[tuple[str, ...]] = ()
    remembered: ClassVar[tuple[str, ...]] = ()
    remembered_by: ClassVar[str] = "id"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant_id = TenantColumn()
    created_at = models.DateTimeField(_("created"), default=clock.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=clock.now, editable=False)

    objects: ClassVar[TenantManager[Any]] = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Stamp the time of the change and save."""
        self.updated_at = clock.now()
        fields = kwargs.get("update_fields")
        if fields is not None:
            kwargs["update_fields"] = {*fields, "updated_at"}
        super().save(*args, **kwargs)

    def _do_update(  # type: ignore[override]  # noqa: PLR0917 - the stubs describe a later Django
        self, base_qs: Any, using: Any, pk_val: Any, values: Any, update_fields: Any, forced_update: bool
    ) -> bool:
        """Update the row; inside an order that writes many together, keep what is to be written."""
        batch = together_or_none()
        if batch is None:
            former: Any = super()._do_update
            done: bool = former(base_qs, using, pk_val, values, update_fields, forced_update)
            return done
        batch.write(self, values)
        return True


class OrganizationModel(TenantModel):
    """A row of one organization of one tenant."""

    organization_id = OrganizationColumn()

    objects: ClassVar[OrganizationManager[Any]] = OrganizationManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
