"""What this module adds to its own records' pages: consents, and who may see them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.customers.features import ERASE, MANAGE_COMPANIES, MANAGE_DEALS, MANAGE_PEOPLE, VIEW_PEOPLE
from apps.customers.models import Person
from apps.customers.selectors import takes_more
from apps.kernel.admin.access import allows
from apps.kernel.commands.models import Erasure
from apps.kernel.extensions.spots import Place, Widget, widget
from apps.kernel.extensions.tabs import RecordTab, record_tab
from apps.kernel.tenancy.scope import current_scope

# Kind of record → what deciding who sees it needs, and the page where that is done.
RESTRICTABLE = {
    "customers.person": (MANAGE_PEOPLE, "admin:customers_access"),
    "customers.company": (MANAGE_COMPANIES, "admin:customers_company_access"),
    "customers.deal": (MANAGE_DEALS, "admin:customers_deal_access"),
}


def consents_address(record: Any) -> str:
    """Where the person's consents stand."""
    return f"{reverse('admin:customers_consents')}?{urlencode({'id': record.pk})}"


def access_address(record: Any) -> str:
    """Where it stands who may see the record; "" for kinds and readers that this is nothing for."""
    feature, page = RESTRICTABLE.get(str(record.entity_id), ("", ""))
    if not feature or not current_scope().actor.access.allows(feature):
        return ""
    return f"{reverse(page)}?{urlencode({'entity': record.entity_id, 'id': record.pk})}"


def tell_erased(place: Place) -> dict[str, Any] | None:
    """When the person was erased, and the certificate for who may see it; None of everybody else."""
    person = place.record
    if not isinstance(person, Person) or takes_more(person):
        return None
    certificate = Erasure.objects.filter(subject_id=person.pk).first() if allows(ERASE) else None
    url = reverse("admin:kernel_erasure_change", args=[certificate.pk]) if certificate else ""
    return {"erased_at": person.erased_at, "certificate_url": url}


widget(Widget("customers.erased", "detail:customers.person:header", "customers/erased.html", context=tell_erased))
record_tab(
    RecordTab("customers.consents", _("Consents"), "customers.person", consents_address, features=(VIEW_PEOPLE,))
)
record_tab(RecordTab("customers.access", _("Who may see it"), "customers.*", access_address, priority=-5))
