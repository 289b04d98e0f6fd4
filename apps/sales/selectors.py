"""What is read of channels and tax classes beside single records and lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.kernel.bases.former import Version, history
from apps.kernel.tenancy.scope import current_scope
from apps.sales.contracts import RatesOfTax
from apps.sales.models import Channel, TaxClass


def living_channels(organization_id: UUID) -> QuerySet[Channel]:
    """Channels of an organization by their names."""
    return Channel.objects.filter(organization_id=organization_id, deleted_at__isnull=True).order_by("name", "pk")


class StoredTaxRates:
    """`TaxRates` from the table."""

    def rates_of(self, class_ids: Collection[UUID]) -> RatesOfTax:
        """The rates of the classes that are there, and the usual ones; one query."""
        rows = TaxClass.objects.filter(Q(pk__in=class_ids) | Q(is_default=True), deleted_at__isnull=True)
        found = list(rows.values_list("pk", "organization_id", "rate", "is_default"))
        return RatesOfTax(
            by_class={pk: rate for pk, _, rate, _ in found},
            usual={organization: rate for _, organization, rate, is_default in found if is_default},
        )

    def rates_known(
        self, class_ids: Collection[UUID], moments: Collection[datetime | None]
    ) -> Mapping[datetime | None, RatesOfTax]:
        """The same as each moment knew them, None being today; one query as well."""
        if set(moments) == {None}:
            return {None: self.rates_of(class_ids)}
        tenant = current_scope().tenant_id
        found = history([TaxClass.objects.all()], [tenant], moments)
        return {moment: _rates(found.at(moment, [tenant]), moment) for moment in moments}


def _rates(versions: Iterable[Version], moment: datetime | None) -> RatesOfTax:
    """The rates of classes, and as usual those of the classes that were there by then."""
    found = [(version, version.facts) for version in versions if version.gone_at is None]
    return RatesOfTax(
        by_class={version.row_id: Decimal(facts["rate"]) for version, facts in found},
        usual={
            UUID(facts["organization_id"]): Decimal(facts["rate"])
            for version, facts in found
            if facts["is_default"] and version.existed_by(moment)
        },
    )
