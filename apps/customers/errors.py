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


class PersonErased(Conflict):
    """Nothing is written to somebody who was erased."""

    code = "customers.person.erased"
    message = _("This person has been erased. Nothing can be added or changed.")


class NameNotConfirmed(InvalidInput):
    """Erasing wants the name typed, so that nobody is erased by a slip."""

    code = "customers.person.name_not_confirmed"
    message = _("Type the name as it stands on the record.")


class ConsentInFuture(InvalidInput):
    """A consent is written down after it was given."""

    code = "customers.consent.in_future"
    message = _("This lies in the future.")
