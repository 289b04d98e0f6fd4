"""Refusals of the dictionaries module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, InvalidInput
from apps.kernel.references.usages import InUse


class DictionaryInherited(Conflict):
    """The dictionary is another organization's, or the whole tenant's, and is only read here."""

    code = "dictionaries.dictionary.inherited"
    message = _("{name} comes from above and is read here only. It is changed where it belongs.")


class DictionaryProtected(Conflict):
    """A module needs the dictionary: its key, its activity and its existence are not the user's to change."""

    code = "dictionaries.dictionary.protected"
    message = _("{name} is needed by a module: it can be neither deleted nor switched off, and its key stays.")


class EntryInUse(InUse):
    """Records point to the value; `merge` is the address that moves them to another one."""

    code = "dictionaries.entry.in_use"
    message = _("Still in use: {summary}. Merge it into another value, which takes its place there.")


class DictionaryInUse(InUse):
    """Records point to values of the dictionary."""

    code = "dictionaries.dictionary.in_use"
    message = _("Values of this dictionary are still in use: {summary}.")


class MergeImpossible(InvalidInput):
    """A value is merged into another living value of the same dictionary."""

    code = "dictionaries.entry.merge_impossible"
    message = _("Choose another value of the same dictionary.")


class OrderIncomplete(InvalidInput):
    """An order names every living value of the dictionary once."""

    code = "dictionaries.dictionary.order_incomplete"
    message = _("The order has to name every value of the dictionary once. Somebody may have changed it meanwhile.")
