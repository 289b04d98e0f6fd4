"""What was typed about a customer, brought into the forms in which customers are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from apps.customers.calculations import first_of, joined, normal_domain, normal_email, normal_phone
from apps.customers.models import CustomerKind
from apps.customers.selectors.duplicates import Described, places_in
from apps.customers.selectors.records import home_region


def described(
    kind: str,
    *,
    id: UUID | None = None,
    display_name: str = "",
    first_name: str = "",
    last_name: str = "",
    brand_name: str = "",
    legal_name: str = "",
    domain: str = "",
    emails: Sequence[str] = (),
    phones: Sequence[str] = (),
    addresses: Sequence[Mapping[str, Any]] = (),
) -> Described:
    """Somebody as they were typed; what has no normal form is left out of the comparison."""
    made = joined(first_name, last_name) if kind == CustomerKind.PERSON else first_of(brand_name, legal_name)
    home = home_region() if phones else ""
    return Described(
        name=display_name.strip() or made,
        emails=[found for item in emails if (found := normal_email(item))],
        phones=[found for item in phones if (found := normal_phone(item, region=home))],
        domain=normal_domain(domain) or "",
        places=list(places_in(dict(item) for item in addresses)),
        id=id,
    )
