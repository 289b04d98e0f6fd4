"""Filters of the module's lists, beside those of plain columns."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.customers.models import Deal, DealCompany, DealPerson
from apps.customers.selectors import companies_seen, is_overdue, is_stale, needs_attention, people_seen, today
from apps.kernel import clock
from apps.kernel.api.filters import ClaimFilter, FewIds, FilterSet, UUIDFilter


class DealFilters(FilterSet):
    """`is_stale`, `is_overdue`, `needs_attention` of open deals; `person_id`, `company_id` of who is part of them.

    Whom the reader does not see is part of no deal, in the filter as in the record.
    """

    is_stale = ClaimFilter(method="whether_stale")
    is_overdue = ClaimFilter(method="whether_overdue")
    needs_attention = ClaimFilter(method="whether_needy")
    person_id = UUIDFilter(method="with_person")
    person_id__in = FewIds(method="with_people")
    company_id = UUIDFilter(method="with_company")
    company_id__in = FewIds(method="with_companies")

    class Meta:
        model = Deal
        fields: tuple[str, ...] = ()

    def whether_stale(self, rows: QuerySet[Any], name: str, claim: bool) -> QuerySet[Any]:
        """Deals that are too long in their stage, or the others."""
        return _narrowed(rows, is_stale(clock.now()), claim=claim)

    def whether_overdue(self, rows: QuerySet[Any], name: str, claim: bool) -> QuerySet[Any]:
        """Deals past their expected close, or the others."""
        return _narrowed(rows, is_overdue(today()), claim=claim)

    def whether_needy(self, rows: QuerySet[Any], name: str, claim: bool) -> QuerySet[Any]:
        """Deals that are either, or the others."""
        return _narrowed(rows, needs_attention(clock.now(), today()), claim=claim)

    def with_person(self, rows: QuerySet[Any], name: str, person_id: Any) -> QuerySet[Any]:
        """Deals that the person is part of."""
        return self.with_people(rows, name, [person_id])

    def with_people(self, rows: QuerySet[Any], name: str, ids: list[Any]) -> QuerySet[Any]:
        """Deals that one of the people is part of."""
        return rows.filter(Exists(people_seen(DealPerson.objects.filter(deal=OuterRef("pk"), person__in=ids))))

    def with_company(self, rows: QuerySet[Any], name: str, company_id: Any) -> QuerySet[Any]:
        """Deals that the company is part of."""
        return self.with_companies(rows, name, [company_id])

    def with_companies(self, rows: QuerySet[Any], name: str, ids: list[Any]) -> QuerySet[Any]:
        """Deals that one of the companies is part of."""
        return rows.filter(Exists(companies_seen(DealCompany.objects.filter(deal=OuterRef("pk"), company__in=ids))))


def _narrowed(rows: QuerySet[Any], test: Q, *, claim: bool) -> QuerySet[Any]:
    """Rows that pass the test, or all others: also those of which it cannot say."""
    if claim:
        return rows.filter(test)
    return rows.exclude(pk__in=Deal.objects.filter(test).values("pk"))
