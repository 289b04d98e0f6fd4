"""The kinds of prices that every tenant begins with, in the tenant's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from apps.catalog.models import PriceKind
from apps.catalog.services.price_kinds import create_price_kind
from apps.directory.contracts import TenantBook
from apps.kernel.services import service
from apps.kernel.tenancy.transactions import scoped_transaction

FIRST = (("regular", _("Regular price"), False), ("sale", _("Sale price"), True))


def add_first_kinds() -> None:
    """Add those whose code no kind has, hidden ones included: what somebody has deleted does not come back."""
    with scoped_transaction():
        known = set(PriceKind.objects.values_list("code", flat=True))
        locale = service(TenantBook).profile().locale
    for code, title, is_promotion in FIRST:
        if code not in known:
            with override(locale):
                create_price_kind(title=str(title), code=code, is_promotion=is_promotion)
