"""Refusals of the customers module."""

from __future__ import annotations

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


class InteractionNotOpen(Conflict):
    """It is done or cancelled, and only what is planned can be."""

    code = "customers.interaction.not_open"
    message = _("It is {status} already. Reopen it first.")


class InteractionOpen(Conflict):
    """There is nothing to reopen."""

    code = "customers.interaction.open"
    message = _("It is still planned.")


class NoSuchOccurrence(InvalidInput):
    """The rule of the series has nothing at that moment."""

    code = "customers.occurrence.unknown"
    message = _("The series has nothing at that time.")


class NotInvited(Conflict):
    """Only who takes part says whether they come."""

    code = "customers.participant.not_invited"
    message = _("You do not take part in it.")
