from apps.customers.models.companies import Company, PersonCompany
from apps.customers.models.grouping import CustomerGroup, Membership, Tag, Tagging
from apps.customers.models.identity import Customer, CustomerKind, CustomerRecord
from apps.customers.models.interactions import (
    Answer,
    Interaction,
    InteractionStatus,
    InteractionType,
    OccurrenceChange,
    OccurrenceState,
    Participant,
    Priority,
    SentReminder,
    Visibility,
)
from apps.customers.models.people import Person
from apps.customers.models.reaching import Address, Channel, ContactPoint, ContactType, Purpose

__all__ = [
    "Address",
    "Answer",
    "Channel",
    "Company",
    "ContactPoint",
    "ContactType",
    "Customer",
    "CustomerGroup",
    "CustomerKind",
    "CustomerRecord",
    "Interaction",
    "InteractionStatus",
    "InteractionType",
    "Membership",
    "OccurrenceChange",
    "OccurrenceState",
    "Participant",
    "Person",
    "PersonCompany",
    "Priority",
    "Purpose",
    "SentReminder",
    "Tag",
    "Tagging",
    "Visibility",
]
