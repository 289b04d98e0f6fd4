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
    message = _("Companies that belong to it: {count}. Give them another parent first.")


class ParentDeleted(Conflict):
    """The company belonged to one that is deleted itself."""

    code = "customers.company.parent_deleted"
    message = _("Restore {company}, which it belongs to, first.")


class ParentInCircle(Conflict):
    """A company would belong to itself, by way of others."""

    code = "customers.company.parent_circle"
    message = _("{company} would belong to itself, by way of the companies above it.")


class HasDeals(Conflict):
    """The person or company that is to be deleted is part of deals."""

    code = "customers.customer.has_deals"
    message = _("Deals that need it: {count}. Take it out of them first.")


class HasPeople(Conflict):
    """People work for the company that is to be deleted."""

    code = "customers.company.has_people"
    message = _("People who work for it: {count}. Take them out of it first.")


class PipelineHasDeals(Conflict):
    """Deals go through the pipeline that is to be deleted."""

    code = "customers.pipeline.has_deals"
    message = _("Deals in it: {count}. Move them to another pipeline first.")


class StageHasDeals(Conflict):
    """Deals are in the stage that is to be deleted."""

    code = "customers.stage.has_deals"
    message = _("Deals in it: {count}. Move them to another stage first.")


class StageOrderIncomplete(InvalidInput):
    """An order of stages names each of them once."""

    code = "customers.pipeline.order_incomplete"
    message = _("Name every stage of the pipeline once.")


class NoStage(Conflict):
    """There is no pipeline that a deal could go, or no stage in it."""

    code = "customers.deal.no_stage"
    message = _("There is no stage for it yet. Set up a pipeline with stages first.")


class DealClosed(Conflict):
    """A deal that is won or lost goes nowhere."""

    code = "customers.deal.closed"
    message = _("This deal is closed. Reopen it first.")


class DealOpen(Conflict):
    """Only what is closed can be opened again."""

    code = "customers.deal.open"
    message = _("This deal is open already.")


class NoLead(Conflict):
    """Only a lead is converted."""

    code = "customers.person.no_lead"
    message = _("{person} is a customer already.")


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


class NoPerson(Conflict):
    """Labels and following belong to users, and a program is none."""

    code = "customers.actor.no_person"
    message = _("Labels and following belong to a user who is signed in. A program has none.")


class NotInvited(Conflict):
    """Only who takes part says whether they come."""

    code = "customers.participant.not_invited"
    message = _("You do not take part in it.")
