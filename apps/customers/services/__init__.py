from apps.customers.services.companies import create_company, delete_company, restore_company, update_company
from apps.customers.services.deals import create_deal, delete_deal, restore_deal, update_deal
from apps.customers.services.employments import create_employment, delete_employment, update_employment
from apps.customers.services.groups import create_group, delete_group, update_group
from apps.customers.services.leads import convert_lead
from apps.customers.services.outcomes import lose_deal, move_deal, reopen_deal, win_deal
from apps.customers.services.people import create_person, delete_person, restore_person, update_person
from apps.customers.services.pipelines import create_pipeline, delete_pipeline, update_pipeline
from apps.customers.services.stages import create_stage, delete_stage, reorder_stages, update_stage
from apps.customers.services.tags import create_tag, delete_tag, update_tag

__all__ = [
    "convert_lead",
    "create_company",
    "create_deal",
    "create_employment",
    "create_group",
    "create_person",
    "create_pipeline",
    "create_stage",
    "create_tag",
    "delete_company",
    "delete_deal",
    "delete_employment",
    "delete_group",
    "delete_person",
    "delete_pipeline",
    "delete_stage",
    "delete_tag",
    "lose_deal",
    "move_deal",
    "reopen_deal",
    "reorder_stages",
    "restore_company",
    "restore_deal",
    "restore_person",
    "update_company",
    "update_deal",
    "update_employment",
    "update_group",
    "update_person",
    "update_pipeline",
    "update_stage",
    "update_tag",
    "win_deal",
]
