"""Amounts of money in rows: two columns, `price` and `price_currency`, of which neither is there alone."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models
from django.utils.translation import gettext as _

from apps.kernel.errors import FieldError

INCOMPLETE = "kernel.money.incomplete"
CURRENCY_SUFFIX = "_currency"


def incomplete_amounts(row: models.Model, *names: str) -> Iterator[FieldError]:
    """Complain, on the empty half, about amounts without a currency and currencies without an amount."""
    for name in names:
        has_amount = getattr(row, name) is not None
        if has_amount != bool(getattr(row, f"{name}{CURRENCY_SUFFIX}")):
            empty = f"{name}{CURRENCY_SUFFIX}" if has_amount else name
            yield FieldError(empty, INCOMPLETE, _("An amount and its currency belong together."))


def whole_amount(name: str, *, constraint: str) -> models.CheckConstraint:
    """The database's own check of the same."""
    nothing = models.Q(**{f"{name}__isnull": True, f"{name}{CURRENCY_SUFFIX}": ""})
    both = models.Q(**{f"{name}__isnull": False}) & ~models.Q(**{f"{name}{CURRENCY_SUFFIX}": ""})
    return models.CheckConstraint(condition=nothing | both, name=constraint)
