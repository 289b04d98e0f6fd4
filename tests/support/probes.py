"""Small commands over currencies and organizations, for tests of the executor and of undo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from apps.currencies.models import Currency
from apps.directory.models import Organization
from apps.kernel.commands.declarations import COMMANDS, command
from apps.kernel.commands.loading import load_for_update
from apps.kernel.tenancy.scope import Scope

REASON = "a probe of the tests"


def _example(scope: Scope) -> dict[str, Any]:
    return {"code": "XTS"}


@command("tests.currency.create", open_reason=REASON, resource="currencies.currency", example=_example)
def create_currency(code: str, *, name: str = "", is_base: bool = False) -> Currency:
    """Create one currency."""
    currency = Currency(code=code, name=name or code, symbol=code, is_base=is_base)
    currency.save(force_insert=True)
    return currency


@command("tests.currency.rename", open_reason=REASON, resource="currencies.currency", example=_example)
def rename_currency(currency_id: UUID, *, name: str) -> Currency:
    """Rename one currency."""
    currency = load_for_update(Currency, currency_id)
    currency.name = name
    currency.save(update_fields=["name", "version"])
    return currency


@command("tests.currency.rebase", open_reason=REASON, resource="currencies.currency", example=_example)
def rebase(currency_id: UUID, *, former_id: UUID) -> Currency:
    """Hand the base flag from one currency to another, in two statements."""
    former = load_for_update(Currency, former_id)
    former.is_base = False
    former.save()
    currency = load_for_update(Currency, currency_id)
    currency.is_base = True
    currency.save()
    return currency


@command("tests.currency.remove", open_reason=REASON, resource="currencies.currency", example=_example)
def remove_currency(currency_id: UUID) -> None:
    """Delete one currency for good."""
    load_for_update(Currency, currency_id).delete()


@command("tests.currency.fill", open_reason=REASON, resource="currencies.currency", bulk=True, example=_example)
def fill(codes: Sequence[str]) -> None:
    """Create many currencies at once."""
    Currency.objects.bulk_create([Currency(code=code, name=code, symbol=code) for code in codes])


@command("tests.currency.fail", open_reason=REASON, resource="currencies.currency", example=_example)
def fail_after_writing(code: str) -> None:
    """Write, then refuse."""
    Currency(code=code, name=code, symbol=code).save(force_insert=True)
    raise RuntimeError(code)


@command("tests.currency.nest", open_reason=REASON, resource="currencies.currency", example=_example)
def nest(code: str, *, inner: str) -> Currency:
    """Write, run another command inside, write again."""
    currency = create_currency(inner)
    currency.name = "Touched outside"
    currency.save()
    return create_currency(code)


@command("tests.organization.plant", open_reason=REASON, resource="directory.organization", example=_example)
def plant(parent_id: UUID, *, name: str) -> Organization:
    """Add an organization below another."""
    from tests.support.scopes import make_organization

    return make_organization(name, parent=load_for_update(Organization, parent_id))


@command(
    "tests.currency.retire",
    open_reason=REASON,
    resource="currencies.currency",
    undone_by="tests.currency.recall",
    example=_example,
)
def retire_currency(currency_id: UUID) -> Currency:
    """Switch one currency off; undone by a command of its own."""
    currency = load_for_update(Currency, currency_id)
    currency.is_active = False
    currency.save()
    return currency


@command("tests.currency.recall", open_reason=REASON, resource="currencies.currency", example=_example)
def recall_currency(currency_id: UUID) -> Currency:
    """Switch one currency on again, and say so in its name."""
    currency = load_for_update(Currency, currency_id)
    currency.is_active, currency.name = True, f"{currency.name} (recalled)"
    currency.save()
    return currency


PROBES = [name for name in COMMANDS if name.startswith("tests.")]
