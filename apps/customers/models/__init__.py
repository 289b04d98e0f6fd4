from apps.customers.models.companies import Company, PersonCompany
from apps.customers.models.consents import Consent, ConsentChannel, ConsentState
from apps.customers.models.grouping import CustomerGroup, Membership, Tag, Tagging
from apps.customers.models.identity import Customer, CustomerKind, CustomerRecord
from apps.customers.models.people import Person
from apps.customers.models.reaching import Address, Channel, ContactPoint, ContactType, Purpose

__all__ = [
    "Address",
    "Channel",
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
    "Membership",
    "Person",
    "PersonCompany",
    "Purpose",
    "Tag",
    "Tagging",
]
