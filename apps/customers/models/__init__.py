from apps.customers.models.companies import Company, PersonCompany
from apps.customers.models.grouping import CustomerGroup, Membership, Tag, Tagging
from apps.customers.models.identity import Customer, CustomerKind, CustomerRecord
from apps.customers.models.people import Person
from apps.customers.models.reaching import Address, Channel, ContactPoint, ContactType, Purpose
from apps.customers.models.talking import Comment, Follower, Label, Labelling, Mention

__all__ = [
    "Address",
    "Channel",
    "Comment",
    "Company",
    "ContactPoint",
    "ContactType",
    "Customer",
    "CustomerGroup",
    "CustomerKind",
    "CustomerRecord",
    "Follower",
    "Label",
    "Labelling",
    "Membership",
    "Mention",
    "Person",
    "PersonCompany",
    "Purpose",
    "Tag",
    "Tagging",
]
