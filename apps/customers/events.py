"""What happens to customers. Events without a declaration here come from the images of the rows."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.customers.contracts import CustomerMerged
from apps.kernel.eventbus.declarations import event

PERSON_CREATED = "customers.person.created"
PERSON_UPDATED = "customers.person.updated"
PERSON_DELETED = "customers.person.deleted"
PERSON_RESTORED = "customers.person.restored"
COMPANY_CREATED = "customers.company.created"
COMPANY_UPDATED = "customers.company.updated"
COMPANY_DELETED = "customers.company.deleted"
COMPANY_RESTORED = "customers.company.restored"
TAG_CREATED = "customers.tag.created"
TAG_UPDATED = "customers.tag.updated"
TAG_DELETED = "customers.tag.deleted"

PERSON_MERGED = event("customers.person.merged", payload=CustomerMerged, label=_("Person merged"), broadcast="staff")
COMPANY_MERGED = event("customers.company.merged", payload=CustomerMerged, label=_("Company merged"), broadcast="staff")
