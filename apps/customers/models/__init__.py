from apps.customers.models.companies import Company, PersonCompany, PersonCompanyRole
from apps.customers.models.consents import Consent, ConsentChannel, ConsentState
from apps.customers.models.deals import Deal, DealCompany, DealLine, DealPerson, Outcome, StageTransition
from apps.customers.models.duplicates import NotDuplicate
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
from apps.customers.models.pipelines import DealField, Pipeline, Stage
from apps.customers.models.reaching import Address, Channel, ContactPoint, ContactType, Purpose
from apps.customers.models.talking import Comment, Follower, Label, Labelling, Mention

__all__ = [
    "Address",
    "Answer",
    "Channel",
    "Comment",
    "Company",
    "Consent",
    "ConsentChannel",
    "ConsentState",
    "ContactPoint",
    "ContactType",
    "Customer",
    "CustomerGroup",
    "CustomerKind",
    "CustomerRecord",
    "Deal",
    "DealCompany",
    "DealField",
    "DealLine",
    "DealPerson",
    "Follower",
    "Interaction",
    "InteractionStatus",
    "InteractionType",
    "Label",
    "Labelling",
    "Membership",
    "Mention",
    "NotDuplicate",
    "OccurrenceChange",
    "OccurrenceState",
    "Outcome",
    "Participant",
    "Person",
    "PersonCompany",
    "PersonCompanyRole",
    "Pipeline",
    "Priority",
    "Purpose",
    "SentReminder",
    "Stage",
    "StageTransition",
    "Tag",
    "Tagging",
    "Visibility",
]
