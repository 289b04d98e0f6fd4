from apps.customers.services.comments import create_comment, delete_comment, update_comment
from apps.customers.services.companies import create_company, delete_company, restore_company, update_company
from apps.customers.services.following import follow, unfollow
from apps.customers.services.groups import create_group, delete_group, update_group
from apps.customers.services.labels import assign_label, create_label, delete_label, unassign_label, update_label
from apps.customers.services.people import create_person, delete_person, restore_person, update_person
from apps.customers.services.tags import create_tag, delete_tag, update_tag

__all__ = [
    "assign_label",
    "create_comment",
    "create_company",
    "create_group",
    "create_label",
    "create_person",
    "create_tag",
    "delete_comment",
    "delete_company",
    "delete_group",
    "delete_label",
    "delete_person",
    "delete_tag",
    "follow",
    "restore_company",
    "restore_person",
    "unassign_label",
    "unfollow",
    "update_comment",
    "update_company",
    "update_group",
    "update_label",
    "update_person",
    "update_tag",
]
