from apps.customers.services.companies import create_company, delete_company, restore_company, update_company
from apps.customers.services.consents import give_consent, withdraw_consent
from apps.customers.services.erasing import erase_person
from apps.customers.services.groups import create_group, delete_group, update_group
from apps.customers.services.handing_out import export_person
from apps.customers.services.people import create_person, delete_person, restore_person, update_person
from apps.customers.services.restricting import COMPANIES, PEOPLE
from apps.customers.services.retention import purge_company, purge_person
from apps.customers.services.tags import create_tag, delete_tag, update_tag

__all__ = [
    "COMPANIES",
    "PEOPLE",
    "create_company",
    "create_group",
    "create_person",
    "create_tag",
    "delete_company",
    "delete_group",
    "delete_person",
    "delete_tag",
    "erase_person",
    "export_person",
    "give_consent",
    "purge_company",
    "purge_person",
    "restore_company",
    "restore_person",
    "update_company",
    "update_group",
    "update_person",
    "update_tag",
    "withdraw_consent",
]
