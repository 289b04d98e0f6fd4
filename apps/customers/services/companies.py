"""Companies: adding, changing, hiding and bringing back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from apps.customers.calculations import first_of, following, normal_domain
from apps.customers.errors import HasSubsidiaries, ParentDeleted, ParentInCircle
from apps.customers.features import MANAGE_COMPANIES
from apps.customers.models import Company
from apps.customers.selectors import ancestors
from apps.customers.services.lists import Given
from apps.customers.services.records import (
    Ids,
    add_record,
    change_record,
    hidden_record,
    hide_record,
    show_record,
    taken,
)
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import hold_lock, load_living
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.errors import InvalidInput
from apps.kernel.references.validation import hold, no_such_record
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import Scope, current_scope

FIELDS = (
    "display_name",
    "legal_name",
    "brand_name",
    "tax_id",
    "domain",
    "website_url",
    "size_bucket",
    "annual_revenue",
    "annual_revenue_currency",
    "description",
)


def _new_company(scope: Scope) -> dict[str, Any]:
    return {
        "legal_name": "Engines Ltd",
        "domain": "engines.example",
        "addresses": [{"purpose": "office", "line1": "St James's Square 12", "city": "London", "country": "GB"}],
    }


def _some_company(scope: Scope) -> dict[str, Any]:
    return {"company_id": create_company(**_new_company(scope)).pk}


def _changed_company(scope: Scope) -> dict[str, Any]:
    return {**_some_company(scope), "brand_name": "Engines", "addresses": []}


def _hidden_company(scope: Scope) -> dict[str, Any]:
    found = _some_company(scope)
    delete_company(**found)
    return found


@command("customers.company.create", feature=MANAGE_COMPANIES, example=_new_company)
def create_company(  # noqa: PLR0913 - one for each column
    *,
    display_name: str = "",
    legal_name: str = "",
    brand_name: str = "",
    tax_id: str = "",
    domain: str = "",
    website_url: str = "",
    size_bucket: str = "",
    annual_revenue: Decimal | None = None,
    annual_revenue_currency: str = "",
    description: str = "",
    parent_id: UUID | None = None,
    industry_id: UUID | None = None,
    owner_id: UUID | None = None,
    status_id: UUID | None = None,
    lifecycle_stage_id: UUID | None = None,
    source_id: UUID | None = None,
    temperature_id: UUID | None = None,
    contact_points: Given = (),
    addresses: Given = (),
    tag_ids: Ids = (),
    group_ids: Ids = (),
    custom_fields: Mapping[str, Any] | None = None,
) -> Company:
    """Add a company; a display name that is not given is made of the names. Raises InvalidInput with all complaints."""
    given = dict(locals())
    custom, parts = given.pop("custom_fields"), taken(given)
    company = Company(**given)
    company.take(custom)
    _place(company, former=None)
    add_record(company, parts, fields=FIELDS, derived=first_of(brand_name, legal_name))
    return company


@command("customers.company.update", feature=MANAGE_COMPANIES, example=_changed_company, apart=True)
def update_company(  # noqa: PLR0913 - one for each column
    company_id: UUID,
    *,
    display_name: str | Unchanged = UNCHANGED,
    legal_name: str | Unchanged = UNCHANGED,
    brand_name: str | Unchanged = UNCHANGED,
    tax_id: str | Unchanged = UNCHANGED,
    domain: str | Unchanged = UNCHANGED,
    website_url: str | Unchanged = UNCHANGED,
    size_bucket: str | Unchanged = UNCHANGED,
    annual_revenue: Decimal | Unchanged | None = UNCHANGED,
    annual_revenue_currency: str | Unchanged = UNCHANGED,
    description: str | Unchanged = UNCHANGED,
    parent_id: UUID | Unchanged | None = UNCHANGED,
    industry_id: UUID | Unchanged | None = UNCHANGED,
    owner_id: UUID | Unchanged | None = UNCHANGED,
    status_id: UUID | Unchanged | None = UNCHANGED,
    lifecycle_stage_id: UUID | Unchanged | None = UNCHANGED,
    source_id: UUID | Unchanged | None = UNCHANGED,
    temperature_id: UUID | Unchanged | None = UNCHANGED,
    contact_points: Given | None = None,
    addresses: Given | None = None,
    tag_ids: Ids | None = None,
    group_ids: Ids | None = None,
    custom_fields: Mapping[str, Any] | None = None,
) -> Company:
    """Change what is given; lists are set as a whole. Raises RowNotFound, ParentInCircle, InvalidInput with all
    complaints.

    A display name that was made of the names follows them; an empty one is made of them. Custom values are merged;
    None under a key removes one.
    """
    given = {name: value for name, value in locals().items() if name != "company_id"}
    custom, parts = given.pop("custom_fields"), taken(given)
    company = load_living(Company, company_id)
    former, above = first_of(company.brand_name, company.legal_name), company.parent_id
    changed = set_given(company, **given)
    derived = first_of(company.brand_name, company.legal_name)
    company.display_name = following(company.display_name, former=former, derived=derived)
    company.take(custom)
    _place(company, former=above)
    change_record(company, parts, fields=FIELDS, changed=changed)
    return company


@command("customers.company.delete", feature=MANAGE_COMPANIES, example=_some_company)
def delete_company(company_id: UUID) -> Company:
    """Hide a company. Raises RowNotFound, HasSubsidiaries, HasPeople, HasDeals and InUse with counts."""
    company = load_living(Company, company_id)
    hold_tree(company.organization_id)
    if count := Company.objects.filter(parent_id=company.pk, deleted_at__isnull=True).count():
        raise HasSubsidiaries(count=count)
    hide_record(company)
    return company


@command("customers.company.restore", feature=MANAGE_COMPANIES, example=_hidden_company)
def restore_company(company_id: UUID) -> Company:
    """Bring a hidden company back. Raises RowNotFound, ParentDeleted."""
    company = hidden_record(Company, company_id)
    hold_tree(company.organization_id)
    if company.parent is not None and company.parent.is_deleted:
        raise ParentDeleted(company=company.parent.display_name)
    show_record(company)
    return company


def hold_tree(organization_id: UUID) -> None:
    """Let whatever changes who belongs to whom follow one another within an organization."""
    hold_lock(f"companies of {organization_id}")


def _place(company: Company, *, former: UUID | None) -> None:
    """Bring the domain into its normal form, and demand a new parent of the organization that is no part of the company
    itself. The one that is there stays, be it hidden from the actor. Raises InvalidInput, ParentInCircle.
    """
    company.domain = normal_domain(company.domain) or company.domain
    if company.parent_id in {None, former}:
        return
    place = current_scope().writing_organization() if company._state.adding else company.organization_id
    hold_tree(place)
    kind = ENTITIES[Company.entity_id]
    own = kind.living().filter(pk=company.parent_id, organization_id=place).exists()
    if not own or not hold(kind, {company.parent_id}):
        raise InvalidInput(errors=(no_such_record("parent_id"),))
    if company.pk in ancestors(company.parent_id):
        raise ParentInCircle(company=company.display_name)
