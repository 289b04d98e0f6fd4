"""People and companies as rows of a file become them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from apps.customers.calculations import first_of, joined
from apps.customers.calculations.headers import COMPANY, PERSON, Words
from apps.customers.features import IMPORT
from apps.customers.models import ContactPoint, Person
from apps.customers.services import companies, people
from apps.customers.services.importing import naming
from apps.customers.services.importing.fields import EMPLOYER, part_fields, shaped, worded
from apps.customers.services.importing.rows import CustomerRows
from apps.customers.services.records import revenue_complaints
from apps.kernel.commands.checking import complaints_of
from apps.kernel.errors import FieldError
from apps.kernel.ids import as_id
from apps.kernel.imports.planning.fields import ImportField
from apps.kernel.imports.planning.orders import Key, Line, Mode, Outcome
from apps.kernel.imports.planning.rows import plain_text
from apps.kernel.imports.resources.targets import ResourceTarget
from apps.kernel.imports.targets import Alive

EMAIL: Key = ("email",)
PHONE: Key = ("phone",)
Found = Mapping[tuple[str, ...], tuple[UUID, ...]]


class CustomerTarget(ResourceTarget):
    """What people and companies have in common as targets: written by set, found by how they are reached."""

    words: ClassVar[Words]
    checked: ClassVar[tuple[str, ...]]
    usual_keys: ClassVar[tuple[Key, ...]]
    more_keys: ClassVar[tuple[Key, ...]] = ()

    def features(self, mode: Mode) -> tuple[str, ...]:
        """Importing is allowed apart from changing single records."""
        return (IMPORT, *super().features(mode))

    def offered(self) -> tuple[ImportField, ...]:
        """Own columns, custom fields, the id, and what belongs to a customer."""
        own = [shaped(item) for item in super().offered()]
        return tuple(worded(item, self.words) for item in (*own, *part_fields(has_employer=self.employs)))

    @property
    def employs(self) -> bool:
        """Say whether a column may name the company that they work for."""
        return issubclass(self.kind.model, Person)

    def keys(self) -> tuple[Key, ...]:
        """Beside columns of their own, the e-mail and the phone."""
        return tuple(dict.fromkeys((*self.usual(), *self.more_keys, *super().keys())))

    def usual(self) -> tuple[Key, ...]:
        """What most files tell customers apart by. Several may share an e-mail, so none of it is unique."""
        return self.usual_keys

    def match(self, key: Key, values: Sequence[tuple[Any, ...]]) -> Found:
        """Records by e-mail, phone or columns of their own."""
        return self._reached(values) if key in {EMAIL, PHONE} else super().match(key, values)

    def _reached(self, values: Sequence[tuple[Any, ...]]) -> Found:
        points = ContactPoint.objects.filter(value__in={item[0] for item in values})
        found: dict[tuple[str, ...], list[UUID]] = defaultdict(list)
        pairs = list(points.values_list("customer_id", "value"))
        living = set(self.rows().filter(pk__in=[pk for pk, _value in pairs]).values_list("pk", flat=True))
        for pk, value in pairs:
            if pk in living:
                found[value,].append(pk)
        return {held: tuple(ids) for held, ids in found.items()}

    def write(self, lines: Sequence[Line], alive: Alive) -> Sequence[Outcome]:
        """Write the batch by set."""
        return CustomerRows(self).write(lines, alive)

    def derived(self, row: Any) -> str:
        """The name that is made of a record's names."""
        raise NotImplementedError

    def complaints(self, row: Any, changed: Collection[str] | None) -> Iterator[FieldError]:
        """What is wrong with the record's own columns: what the database would refuse must be said here, row by row.

        `changed` are those that the file changes; None where the record is new.
        """
        yield from complaints_of(row, self.checked)


class PersonTarget(CustomerTarget):
    """People."""

    words = PERSON
    checked = people.FIELDS
    usual_keys = (("id",), EMAIL)
    more_keys = (PHONE, ("first_name", "last_name", EMPLOYER))

    def match(self, key: Key, values: Sequence[tuple[Any, ...]]) -> Found:
        """Also by both names and the company."""
        return self._working(values) if EMPLOYER in key else super().match(key, values)

    def _working(self, values: Sequence[tuple[Any, ...]]) -> Found:
        """People by names and by what the file calls their company."""
        companies_by_text = naming.companies({item[2] for item in values})
        rows = self.rows().filter(last_name__in={item[1] for item in values})
        held: dict[tuple[str, str, Any], list[UUID]] = defaultdict(list)
        for pk, first, last, company in rows.values_list("pk", "first_name", "last_name", "employments__company_id"):
            held[first, last, company].append(pk)
        found = {}
        for item in values:
            company_id = as_id(item[2]) or companies_by_text.get(item[2])
            found[tuple(map(plain_text, item))] = tuple(held.get((item[0], item[1], company_id), ()))
        return found

    def derived(self, row: Any) -> str:
        """First and last name."""
        return joined(row.first_name, row.last_name)


class CompanyTarget(CustomerTarget):
    """Companies."""

    words = COMPANY
    checked = companies.FIELDS
    usual_keys = (("id",), ("tax_id",), ("legal_name", "domain"), ("domain",), EMAIL)
    more_keys = (PHONE,)

    def derived(self, row: Any) -> str:
        """What it calls itself, else its legal name."""
        return first_of(row.brand_name, row.legal_name)

    def complaints(self, row: Any, changed: Collection[str] | None) -> Iterator[FieldError]:
        """Also an amount without its currency."""
        yield from super().complaints(row, changed)
        yield from revenue_complaints(row, changed)
