from apps.customers.services.answering import answer_interaction
from apps.customers.services.companies import create_company, delete_company, restore_company, update_company
from apps.customers.services.groups import create_group, delete_group, update_group
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
from apps.customers.services.people import create_person, delete_person, restore_person, update_person
from apps.customers.services.series import (
    cancel_occurrence,
    complete_occurrence,
    move_occurrence,
    reopen_occurrence,
)
from apps.customers.services.tags import create_tag, delete_tag, update_tag

__all__ = [
    "answer_interaction",
    "cancel_interaction",
    "cancel_occurrence",
    "complete_interaction",
    "complete_occurrence",
    "create_company",
    "create_group",
    "create_interaction",
    "create_person",
    "create_tag",
    "delete_company",
    "delete_group",
    "delete_interaction",
    "delete_person",
    "delete_tag",
    "move_occurrence",
    "pin_interaction",
    "reopen_interaction",
    "reopen_occurrence",
    "reschedule_interaction",
    "restore_company",
    "restore_interaction",
    "restore_person",
    "unpin_interaction",
    "update_company",
    "update_group",
    "update_interaction",
    "update_person",
    "update_tag",
]
