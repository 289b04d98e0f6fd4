"""Refusals of the entities module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict


class KeyTaken(Conflict):
    """A field of this key is there, or was deleted and still has values."""

    code = "entities.definition.key_taken"
    message = _("The entity has a field with this key. A deleted one can be restored, or purged with its values.")


class KindKept(Conflict):
    """Records hold values that cannot be read as the new kind; `records` names some of them."""

    code = "entities.definition.kind_kept"
    message = _("Records hold values that the new kind cannot take over.")


class NotDeleted(Conflict):
    """Only a deleted field can be restored or purged."""

    code = "entities.definition.not_deleted"
    message = _("The field is not deleted.")
