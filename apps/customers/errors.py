"""Refusals of the customers module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, InvalidInput


class NameMissing(InvalidInput):
    """A customer has to be called something."""

    code = "customers.customer.name_missing"
    message = _("Give a name.")


class HasSubsidiaries(Conflict):
    """Other companies belong to the one that is to be deleted."""

    code = "customers.company.has_subsidiaries"
    message = _("{count} companies belong to it. Give them another parent first.")


class ParentDeleted(Conflict):
    """The company belonged to one that is deleted itself."""

    code = "customers.company.parent_deleted"
    message = _("Restore {company}, which it belongs to, first.")


class ParentInCircle(Conflict):
    """A company would belong to itself, by way of others."""

    code = "customers.company.parent_circle"
    message = _("{company} would belong to itself, by way of the companies above it.")


class MergeImpossible(InvalidInput):
    """These two cannot become one."""

    code = "customers.merge.impossible"
    message = _("These two cannot be merged.")


class AccessDiffers(Conflict):
    """One of two customers is restricted: merging them would open what is closed, or close what is open."""

    code = "customers.merge.access_differs"
    message = _("One of the two is restricted and the other is not. Open or restrict both first.")


class InTheWay(Conflict):
    """Another module has something of both that stands once for each customer."""

    code = "customers.merge.in_the_way"
    message = _("Both have something of which a customer has one only: {count} × {kind}. Delete one of each first.")


class AlreadyMerged(Conflict):
    """A customer who was merged into another comes back by the undo of the merge."""

    code = "customers.customer.merged"
    message = _("It was merged into {customer}. Undo the merge to have both again.")


class AlreadyDismissed(Conflict):
    """Somebody has decided about the pair before."""

    code = "customers.not_duplicate.known"
    message = _("It is known already that these are two.")


class LooksLike(Conflict):
    """Somebody who is about to be added seems to be there already; `found` says who, for a page that asks."""

    code = "customers.customer.looks_like"
    message = _("This looks like {names}. Nothing has been saved yet: open the record that is there, or save anyway.")

    def __init__(self, found: Sequence[Any]) -> None:
        self.found = list(found)
        super().__init__(names=", ".join(item.label for item in found))
