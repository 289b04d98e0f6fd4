"""Where a person works, as a list that is set as a whole by the person's own commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.customers.models import Company, Customer, PersonCompany
from apps.customers.services.employment_roles import role_complaints, set_roles
from apps.customers.services.lists import MOST_ROWS, Given
from apps.kernel import clock
from apps.kernel.errors import FieldError, too_many
from apps.kernel.references.validation import hold, no_such_record
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import current_scope

Row = Mapping[str, Any]


@dataclass
class Places:
    """Companies with the roles in each, one of them the primary one; None leaves all as they are.

    Companies that the actor does not see stay whatever is given, and the primary one stays it until another is
    chosen or it goes: then the first that is left takes its place.
    """

    given: Given | None
    kept: list[tuple[int, Row]] = field(default_factory=list)

    def settle(self, customer: Customer) -> Iterator[FieldError]:
        """Find what is wrong with the rows, one by one and together."""
        if self.given is None:
            return
        self.kept = [(index, item) for index, item in enumerate(self.given) if not item.get("deleted")]
        if len(self.kept) > MOST_ROWS:
            yield too_many("companies", MOST_ROWS)
            return
        yield from self._about_companies(customer)
        yield from role_complaints(
            {f"companies.{index}.role_ids": item.get("role_ids", ()) for index, item in self.kept}
        )
        primary = [index for index, item in self.kept if item.get("is_primary")]
        for index in primary[1:]:
            text = _("Only one can be the primary one.")
            yield FieldError(f"companies.{index}.is_primary", "customers.list.two_primary", text)

    def _about_companies(self, customer: Customer) -> Iterator[FieldError]:
        """A company has to be there, in the person's own organization, and stands once."""
        is_new = customer._state.adding
        place = current_scope().writing_organization() if is_new else customer.organization_id
        kind, wanted = ENTITIES[Company.entity_id], {item.get("company_id") for _index, item in self.kept} - {None}
        own = set(kind.living().filter(pk__in=wanted, organization_id=place).values_list("pk", flat=True))
        there, met = hold(kind, own) if own else set(), set[UUID]()
        for index, item in self.kept:
            company_id = item.get("company_id")
            if company_id not in there:
                yield no_such_record(f"companies.{index}.company_id")
            elif company_id in met:
                text = _("This stands here twice.")
                yield FieldError(f"companies.{index}.company_id", "customers.list.repeated", text)
            else:
                met.add(company_id)

    def store(self, customer: Customer) -> None:
        """Write the list in a few statements."""
        if self.given is None:
            return
        held = PersonCompany.objects.filter(person=customer.pk).select_related("company")
        rows = list(held.order_by("created_at", "pk"))
        seen = ENTITIES[Company.entity_id].living().filter(pk__in=[row.company_id for row in rows])
        shown, wanted = set(seen.values_list("pk", flat=True)), {item["company_id"]: item for _i, item in self.kept}
        gone = [row for row in rows if row.company_id in shown and row.company_id not in wanted]
        if gone:
            PersonCompany.objects.filter(pk__in=[row.pk for row in gone]).delete()
        left = [row for row in rows if row not in gone]
        known = {row.company_id for row in left}
        new = [
            PersonCompany(person_id=customer.pk, company_id=item, organization_id=customer.organization_id)
            for item in wanted
            if item not in known
        ]
        _write(left, new, wanted)


def _write(left: list[PersonCompany], new: list[PersonCompany], wanted: Mapping[UUID, Row]) -> None:
    """Give the rows the one mark and their roles, and store what differs."""
    primary = _primary(left, new, wanted)
    changed = [row for row in left if row.is_primary != (row is primary)]
    for row in (*changed, *new):
        row.is_primary, row.updated_at = row is primary, clock.now()
    if changed:
        # One primary row at any moment: the constraint is asked for each row.
        PersonCompany.objects.filter(pk__in=[row.pk for row in changed], is_primary=True).update(is_primary=False)
        PersonCompany.objects.bulk_update(changed, ["is_primary", "updated_at"])
    if new:
        PersonCompany.objects.bulk_create(new)
    set_roles(
        [(row, item["role_ids"]) for row in (*left, *new) if "role_ids" in (item := wanted.get(row.company_id, {}))]
    )


def _primary(left: list[PersonCompany], new: list[PersonCompany], wanted: Mapping[UUID, Row]) -> PersonCompany | None:
    """The chosen one, else the present one, else the first; None for a person without a company.

    A company that went while the person was deleted is the last to be it.
    """
    living = [*(row for row in left if not row.company.is_deleted), *new]
    chosen = next((row for row in living if wanted.get(row.company_id, {}).get("is_primary")), None)
    return chosen or next((row for row in living if row.is_primary), None) or next(iter([*living, *left]), None)
