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


class HasDeals(Conflict):
    """The person or company that is to be deleted is part of deals."""

    code = "customers.customer.has_deals"
    message = _("{count} deals need it. Take it out of them first.")


class HasPeople(Conflict):
    """People work for the company that is to be deleted."""

    code = "customers.company.has_people"
    message = _("{count} people work for it. Take them out of it first.")


class PipelineHasDeals(Conflict):
    """Deals go through the pipeline that is to be deleted."""

    code = "customers.pipeline.has_deals"
    message = _("{count} deals are in it. Move them to another pipeline first.")


class StageHasDeals(Conflict):
    """Deals are in the stage that is to be deleted."""

    code = "customers.stage.has_deals"
    message = _("{count} deals are in it. Move them to another stage first.")


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
