"""What roles and demonstrations get from the example module."""

from __future__ import annotations

from collections.abc import Mapping

from apps.example.selectors import open_reminders
from apps.example.services import create_reminder, save_stance
from apps.example.services.samples import example_currency
from apps.kernel.tenancy.scope import Scope
from apps.kernel.tenancy.transactions import scoped_transaction

default_role_features: Mapping[str, tuple[str, ...]] = {
    "superadmin": ("example.*",),
    "admin": ("example.*",),
    "employee": ("example.reminders.view", "example.stances.view"),
}

# They go and come back with their organization; a kind that should keep it from being deleted is taken out.
organization_equipment = ("example.reminder",)


def seed_examples(scope: Scope) -> None:
    """Show a demonstration one stance and one reminder, unless it has some."""
    with scoped_transaction():
        is_furnished = open_reminders().exists()
    if is_furnished or scope.organization_id is None:
        return
    currency_id = example_currency()
    save_stance(currency_id, attitude="careful", remark="Ask the treasurer before large orders.")
    create_reminder(title="Ask the treasurer about the ceiling", currency_id=currency_id)
