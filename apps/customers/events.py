"""What happens to customers and deals. Those that are names only come from images of rows; nothing emits them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.customers.contracts import CustomerMerged, DealLost, DealMoved, DealReopened, DealWon, PersonConverted
from apps.kernel.eventbus.declarations import event

PERSON_CREATED = "customers.person.created"
PERSON_UPDATED = "customers.person.updated"
PERSON_DELETED = "customers.person.deleted"
PERSON_RESTORED = "customers.person.restored"
COMPANY_CREATED = "customers.company.created"
COMPANY_UPDATED = "customers.company.updated"
COMPANY_DELETED = "customers.company.deleted"
COMPANY_RESTORED = "customers.company.restored"
ADDRESS_CREATED = "customers.address.created"
ADDRESS_UPDATED = "customers.address.updated"
ADDRESS_DELETED = "customers.address.deleted"
CONTACT_POINT_CREATED = "customers.contact_point.created"
CONTACT_POINT_UPDATED = "customers.contact_point.updated"
CONTACT_POINT_DELETED = "customers.contact_point.deleted"
TAG_CREATED = "customers.tag.created"
TAG_UPDATED = "customers.tag.updated"
TAG_DELETED = "customers.tag.deleted"
DEAL_CREATED = "customers.deal.created"
DEAL_UPDATED = "customers.deal.updated"
DEAL_DELETED = "customers.deal.deleted"
DEAL_RESTORED = "customers.deal.restored"
DEAL_MOVED = event(
    "customers.deal.stage_changed", payload=DealMoved, label=_("A deal came to another stage"), broadcast="staff"
)
DEAL_WON = event("customers.deal.won", payload=DealWon, label=_("A deal was won"), broadcast="staff")
DEAL_LOST = event("customers.deal.lost", payload=DealLost, label=_("A deal was lost"), broadcast="staff")
DEAL_REOPENED = event(
    "customers.deal.reopened", payload=DealReopened, label=_("A deal is open again"), broadcast="staff"
)
PERSON_CONVERTED = event(
    "customers.person.converted", payload=PersonConverted, label=_("A lead became a customer"), broadcast="staff"
)
INTERACTION_CREATED = "customers.interaction.created"
INTERACTION_UPDATED = "customers.interaction.updated"
INTERACTION_DELETED = "customers.interaction.deleted"
INTERACTION_RESTORED = "customers.interaction.restored"
INTERACTION_BULK_CHANGED = "customers.interaction.bulk_changed"

PERSON_MERGED = event("customers.person.merged", payload=CustomerMerged, label=_("Person merged"), broadcast="staff")
COMPANY_MERGED = event("customers.company.merged", payload=CustomerMerged, label=_("Company merged"), broadcast="staff")
COMMENT_CREATED = "customers.comment.created"
COMMENT_UPDATED = "customers.comment.updated"
COMMENT_DELETED = "customers.comment.deleted"
COMMENT_RESTORED = "customers.comment.restored"
