from apps.customers.services.addresses import create_address, delete_address, update_address
from apps.customers.services.answering import answer_interaction
from apps.customers.services.comments import create_comment, delete_comment, update_comment
from apps.customers.services.companies import create_company, delete_company, restore_company, update_company
from apps.customers.services.consents import give_consent, withdraw_consent
from apps.customers.services.contact_points import create_contact_point, delete_contact_point, update_contact_point
from apps.customers.services.deals import create_deal, delete_deal, restore_deal, update_deal
from apps.customers.services.duplicates import dismiss_duplicate
from apps.customers.services.employments import create_employment, delete_employment, update_employment
from apps.customers.services.erasing import erase_person
from apps.customers.services.following import follow, unfollow
from apps.customers.services.groups import create_group, delete_group, update_group
from apps.customers.services.handing_out import export_person
from apps.customers.services.interactions import (
    cancel_interaction,
    complete_interaction,
    create_interaction,
    delete_interaction,
    pin_interaction,
    reopen_interaction,
    reschedule_interaction,
    restore_interaction,
    unpin_interaction,
    update_interaction,
)
from apps.customers.services.labels import assign_label, create_label, delete_label, unassign_label, update_label
from apps.customers.services.leads import convert_lead
from apps.customers.services.loading_consents import load_consents
from apps.customers.services.merging import merge_companies, merge_people
from apps.customers.services.outcomes import lose_deal, move_deal, reopen_deal, win_deal
from apps.customers.services.people import create_person, delete_person, restore_person, update_person
from apps.customers.services.pipelines import create_pipeline, delete_pipeline, update_pipeline
from apps.customers.services.restricting import COMPANIES, DEALS, PEOPLE
from apps.customers.services.retention import purge_company, purge_person
from apps.customers.services.series import cancel_occurrence, complete_occurrence, move_occurrence, reopen_occurrence
from apps.customers.services.stages import create_stage, delete_stage, reorder_stages, update_stage
from apps.customers.services.tags import create_tag, delete_tag, update_tag

__all__ = [
    "COMPANIES",
    "DEALS",
    "PEOPLE",
    "answer_interaction",
    "assign_label",
    "cancel_interaction",
    "cancel_occurrence",
    "complete_interaction",
    "complete_occurrence",
    "convert_lead",
    "create_address",
    "create_comment",
    "create_company",
    "create_contact_point",
    "create_deal",
    "create_employment",
    "create_group",
    "create_interaction",
    "create_label",
    "create_person",
    "create_pipeline",
    "create_stage",
    "create_tag",
    "delete_address",
    "delete_comment",
    "delete_company",
    "delete_contact_point",
    "delete_deal",
    "delete_employment",
    "delete_group",
    "delete_interaction",
    "delete_label",
    "delete_person",
    "delete_pipeline",
    "delete_stage",
    "delete_tag",
    "dismiss_duplicate",
    "erase_person",
    "export_person",
    "follow",
    "give_consent",
    "load_consents",
    "lose_deal",
    "merge_companies",
    "merge_people",
    "move_deal",
    "move_occurrence",
    "pin_interaction",
    "purge_company",
    "purge_person",
    "reopen_deal",
    "reopen_interaction",
    "reopen_occurrence",
    "reorder_stages",
    "reschedule_interaction",
    "restore_company",
    "restore_deal",
    "restore_interaction",
    "restore_person",
    "unassign_label",
    "unfollow",
    "unpin_interaction",
    "update_address",
    "update_comment",
    "update_company",
    "update_contact_point",
    "update_deal",
    "update_employment",
    "update_group",
    "update_interaction",
    "update_label",
    "update_person",
    "update_pipeline",
    "update_stage",
    "update_tag",
    "win_deal",
    "withdraw_consent",
]
