"""Leads become customers: the person, their company and a first deal in one action."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.customers.errors import NoLead
from apps.customers.events import PERSON_CONVERTED
from apps.customers.features import MANAGE_PEOPLE
from apps.customers.models import Company, Deal, Person, PersonCompany
from apps.customers.services.companies import create_company, update_company
from apps.customers.services.deals import create_deal
from apps.customers.services.employments import create_employment
from apps.customers.services.erased import demand_not_erased
from apps.customers.services.people import create_person, update_person
from apps.customers.services.pipelines import new_pipeline
from apps.dictionaries.contracts import DictionaryBook, EntryFacts
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_living
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, current_scope, in_organization, using_scope

STAGES, CUSTOMER = "customers.lifecycle_stage", "customer"


@dataclass(frozen=True, slots=True)
class Converted:
    """What a lead has become; None for what was not made with it."""

    person: Person
    company_id: UUID | None
    deal: Deal | None


def _lead(scope: Scope) -> dict[str, Any]:
    person, pipeline = create_person(first_name="Ada", last_name="Lovelace"), new_pipeline(scope)
    return {"person_id": person.pk, "company_name": "Engines", "deal_title": "A mill", "pipeline_id": pipeline.pk}


@command("customers.person.convert", feature=MANAGE_PEOPLE, example=_lead)
def convert_lead(
    person_id: UUID,
    *,
    company_id: UUID | None = None,
    company_name: str = "",
    deal_title: str = "",
    pipeline_id: UUID | None = None,
    stage_id: UUID | None = None,
    value_amount: Decimal | None = None,
    value_currency: str = "",
    expected_close_on: date | None = None,
) -> Converted:
    """Make a customer of a person; with a company that is there or of a new name, and with a deal that has a title.

    Companies and deals need their own features. The deal has the person's owner and source. Raises RowNotFound,
    PersonErased, NoLead for who is a customer already, NoStage, and InvalidInput with the complaints of whatever is
    made.
    """
    person, stage = load_living(Person, person_id), _customer_stage()
    demand_not_erased(person)
    if stage is not None and person.lifecycle_stage_id == stage.id:
        raise NoLead(person=person.display_name)
    if company_id is not None and company_name:
        text = _("Choose a company or name a new one.")
        raise InvalidInput(errors=(FieldError("company_name", "customers.person.one_company", text),))
    deal: dict[str, Any] = {"pipeline_id": pipeline_id, "stage_id": stage_id, "expected_close_on": expected_close_on}
    deal |= {"value_amount": value_amount, "value_currency": value_currency}
    _demand_title(deal_title, deal)
    with using_scope(in_organization(current_scope(), person.organization_id)):
        company = _employer(person, company_id, company_name.strip(), stage)
        made = _first_deal(person, company, deal_title.strip(), deal)
        if stage is not None:
            person = update_person(person.pk, lifecycle_stage_id=stage.id)
    PERSON_CONVERTED.emit(
        organization_id=person.organization_id,
        resource_id=person.pk,
        company_id=company,
        deal_id=made.pk if made else None,
    )
    return Converted(person, company, made)


def _demand_title(title: str, deal: Mapping[str, Any]) -> None:
    """Refuse to drop what was said of a deal that nobody has named. Raises InvalidInput."""
    if not title.strip() and any(value not in {None, ""} for value in deal.values()):
        text = _("Give the deal a title, or leave out its other fields.")
        raise InvalidInput(errors=(FieldError("deal_title", "customers.person.deal_untitled", text),))


def _customer_stage() -> EntryFacts | None:
    """The stage of customers; None where the tenant has taken it out of its list."""
    found: Iterable[EntryFacts] = service(DictionaryBook).entries(STAGES)
    return next((entry for entry in found if entry.value == CUSTOMER), None)


def _employer(person: Person, company_id: UUID | None, name: str, stage: EntryFacts | None) -> UUID | None:
    """The company of the person, who works for it from now on; it is a customer too."""
    lifecycle = None if stage is None else stage.id
    if name:
        company = create_company(
            brand_name=name, owner_id=person.owner_id, source_id=person.source_id, lifecycle_stage_id=lifecycle
        )
        company_id = company.pk
    elif company_id is not None and lifecycle is not None and _is_seen(company_id):
        update_company(company_id, lifecycle_stage_id=lifecycle)
    if company_id is not None and not PersonCompany.objects.filter(person=person, company=company_id).exists():
        create_employment(person_id=person.pk, company_id=company_id)
    return company_id


def _is_seen(company_id: UUID) -> bool:
    return bool(ENTITIES[Company.entity_id].living().filter(pk=company_id).exists())


def _first_deal(person: Person, company_id: UUID | None, title: str, values: dict[str, Any]) -> Deal | None:
    if not title:
        return None
    return create_deal(
        title=title,
        owner_id=person.owner_id,
        source_id=person.source_id,
        people=[{"person_id": person.pk}],
        companies=[] if company_id is None else [{"company_id": company_id}],
        **values,
    )
