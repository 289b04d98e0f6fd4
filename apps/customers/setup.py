"""What roles and tenants get from the customers module."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from apps.customers.models import Customer
from apps.customers.selectors import living_pipelines
from apps.customers.services.first_pipeline import add_first_pipeline
from apps.customers.services.retention import schedule_upkeep
from apps.customers.services.samples.adding import add_samples
from apps.dictionaries.contracts import EntryDraft, system_dictionary
from apps.directory.contracts import TenantBook
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope, in_organization, using_scope
from apps.kernel.tenancy.transactions import in_each_organization, scoped_transaction

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("customers.*",),
    "admin": ("customers.*",),
    "employee": (
        "customers.people.manage",
        "customers.companies.manage",
        "customers.deals.manage",
        "customers.pipelines.view",
        "customers.interactions.manage",
        "customers.comments.write",
        "customers.labels.use",
        "customers.followers.use",
    ),
}

# These go and come back with their organization; people, companies and deals keep it from being deleted.
organization_equipment = ("customers.tag", "customers.customer_group", "customers.pipeline", "customers.stage")


def on_organization_created(scope: Scope) -> None:
    """Give the organization that the scope writes to a pipeline with stages, unless it has one."""
    if not living_pipelines(scope.writing_organization()).exists():
        add_first_pipeline()


def seed_defaults(scope: Scope) -> None:
    """Do the same for organizations that were there before, and have what is deleted purged after its time."""
    schedule_upkeep(scope.tenant_id)
    in_each_organization(scope, on_organization_created)


system_dictionary(
    "customers.status",
    _("Status of customers"),
    (
        EntryDraft("active", _("Active"), tone="success", is_default=True),
        EntryDraft("inactive", _("Inactive")),
        EntryDraft("blocked", _("Blocked"), tone="danger"),
        EntryDraft("archived", _("Archived")),
    ),
)
system_dictionary(
    "customers.lifecycle_stage",
    _("Lifecycle stage of customers"),
    (
        EntryDraft("lead", _("Lead"), tone="info"),
        EntryDraft("prospect", _("Prospect"), tone="info"),
        EntryDraft("customer", _("Customer"), tone="success"),
        EntryDraft("former", _("Former customer"), tone="warning"),
    ),
)
system_dictionary(
    "customers.source",
    _("Source of customers"),
    (
        EntryDraft("referral", _("Recommendation")),
        EntryDraft("website", _("Website")),
        EntryDraft("fair", _("Trade fair")),
        EntryDraft("campaign", _("Campaign")),
        EntryDraft("call", _("Cold call")),
        EntryDraft("import", _("Import")),
    ),
)
system_dictionary(
    "customers.temperature",
    _("Interest of customers"),
    (
        EntryDraft("cold", _("Cold"), tone="info"),
        EntryDraft("warm", _("Warm"), tone="warning"),
        EntryDraft("hot", _("Hot"), tone="danger"),
    ),
)
system_dictionary("customers.industry", _("Industries"))
system_dictionary(
    "customers.company_role",
    _("Roles of people in companies"),
    (
        EntryDraft("decision_maker", _("Decides")),
        EntryDraft("influencer", _("Has influence")),
        EntryDraft("budget_holder", _("Holds the budget")),
        EntryDraft("technical", _("Judges the technique")),
        EntryDraft("contact", _("First contact")),
    ),
)
system_dictionary(
    "customers.deal_loss_reason",
    _("Why deals are lost"),
    (
        EntryDraft("price", _("Price")),
        EntryDraft("competitor", _("Competitor")),
        EntryDraft("no_budget", _("No budget")),
        EntryDraft("no_need", _("No need")),
        EntryDraft("no_answer", _("No answer")),
    ),
)
system_dictionary(
    "customers.consent_purpose",
    _("What people may agree to"),
    (
        EntryDraft("newsletter", _("Newsletter")),
        EntryDraft("offers", _("Offers and invitations")),
        EntryDraft("calls", _("Calls for advertising")),
        EntryDraft("profiling", _("Profiling")),
        EntryDraft("sharing", _("Passing data on to partners")),
    ),
)

# What three organizations of a demonstration are given.
EXAMPLES = (
    {"people": 500, "companies": 100, "deals": 150, "interactions": 900},
    {"people": 300, "companies": 60, "deals": 100, "interactions": 500},
    {"people": 200, "companies": 40, "deals": 50, "interactions": 300},
)


def seed_examples(scope: Scope) -> None:
    """Give three organizations of a demonstration two years of customers, unless they have some."""
    for counts, organization_id in zip(EXAMPLES, sorted(scope.organization_ids), strict=False):
        with using_scope(in_organization(scope, organization_id)):
            with scoped_transaction():
                profile = service(TenantBook).profile()
                is_furnished = Customer.objects.filter(organization_id=organization_id).exists()
            if not is_furnished:
                add_samples(seed=f"{profile.slug} {counts['people']}", **counts)
