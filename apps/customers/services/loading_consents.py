"""Consents by set: rows of the ledger that were judged before, written in one statement however many they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.customers.features import MANAGE_PEOPLE
from apps.customers.models import Consent, ConsentState
from apps.customers.services.people import create_person
from apps.dictionaries.contracts import ENTRY
from apps.kernel.commands.declarations import command
from apps.kernel.commands.examples import example_record
from apps.kernel.commands.inputs import Unkept
from apps.kernel.tenancy.scope import Scope, current_scope

PURPOSES = "customers.consent_purpose"


@dataclass(frozen=True, slots=True)
class Statements(Unkept):
    """What people have said, judged and not yet written down."""

    rows: Sequence[Consent] = field(default_factory=tuple)


def _some_statements(scope: Scope) -> dict[str, Any]:
    person, purpose_id = create_person(first_name="Ada"), example_record(ENTRY)
    row = Consent(customer_id=person.pk, organization_id=person.organization_id, purpose_id=purpose_id)
    row.state, row.at = ConsentState.GIVEN, person.created_at
    return {"statements": Statements([row])}


@command("customers.consent.load", feature=MANAGE_PEOPLE, example=_some_statements, bulk=True)
def load_consents(*, statements: Statements) -> int:
    """Write down what people have said, and say how many rows that are.

    A ledger only grows, and what was said by mistake is set right by what is said next. A whole file that was the
    wrong one said nothing at all: this can be undone.
    """
    actor = current_scope().actor
    for row in statements.rows:
        row.recorded_by, row.recorded_by_label = actor.id, actor.label
    return len(Consent.objects.bulk_create(statements.rows))
