"""Refusals of the entities module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, PlatformError


class KeyTaken(Conflict):
    """A field of this key is there, or was deleted and its values were not purged."""

    code = "entities.definition.key_taken"
    message = _("There is a field with this key. A deleted one can be restored, or purged with its values.")


class KeyHasValues(Conflict):
    """Records hold values under the key although no field has it; `count` says how many."""

    code = "entities.definition.key_has_values"
    message = _("{count} records hold values of this field.")


class KindDiffers(Conflict):
    """A key is of one kind in the whole tenant, so that lists can be filtered and sorted by it."""

    code = "entities.definition.kind_differs"
    message = _("This key is defined as {kind} elsewhere: it has one kind in the whole tenant.")


class KindKept(Conflict):
    """Records hold values that cannot be read as the new kind; `records` names some of them."""

    code = "entities.definition.kind_kept"
    message = _("{count} records hold values that the new kind cannot take over: {names}.")


class EncryptionKept(Conflict):
    """Values that were written in the clear stay so in the history."""

    code = "entities.definition.encryption_kept"
    message = _("{count} records hold values: whether they are encrypted is decided before the first one.")


class OptionUsed(Conflict):
    """Records hold a value that would be no option any more; `options` names them."""

    code = "entities.definition.option_used"
    message = _("Records hold options that would be gone: {options}.")


class ValuesRepeat(Conflict):
    """Values that should be unique are held by more than one record."""

    code = "entities.definition.values_repeat"
    message = _("More than one record holds the same value: {values}.")


class ValueUnique(Conflict):
    """A merge would give the same value of a unique field to several records."""

    code = "entities.value.unique"
    message = _("{label} is unique, and {count} records would have the same value afterwards.")


class NotDeleted(Conflict):
    """Only a deleted field can be restored or purged."""

    code = "entities.definition.not_deleted"
    message = _("The field is not deleted.")


class WholeTenantOnly(PlatformError):
    """The change reaches records of every organization."""

    status = 403
    code = "entities.definition.whole_tenant_only"
    message = _("This changes records of every organization: who may see only some of them cannot do it.")


class TypeKeyTaken(Conflict):
    """A type of this key is there, or was deleted and can be restored."""

    code = "entities.type.key_taken"
    message = _("There is a record type with this key. A deleted one can be restored.")


class TypeInUse(Conflict):
    """Records of the type are there; `records` says how many."""

    code = "entities.type.in_use"
    message = _("There are {records} records of this type. Delete them first.")


class TypeNotDeleted(Conflict):
    """Only a deleted type can be restored."""

    code = "entities.type.not_deleted"
    message = _("The record type is not deleted.")


class NotIndexable(Conflict):
    """The field is of a kind that no index serves, or is read by nobody."""

    code = "entities.index.not_indexable"
    message = _("No index can serve this field: {reason}")


class TooManyIndexes(Conflict):
    """Each index makes every write to the table a little slower, so their number has an end."""

    code = "entities.index.too_many"
    message = _("The table has {most} indexes of custom fields already. Take one away that is little used.")


class IndexReady(Conflict):
    """The index is there."""

    code = "entities.index.ready"
    message = _("This field has an index already.")
