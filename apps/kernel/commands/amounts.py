"""Amounts of money in rows: two columns, `price` and `price_currency`, of which neither is there alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from django.db import models
from django.utils.translation import gettext as _

from apps.kernel.bases.patterns import CURRENCY
from apps.kernel.errors import FieldError
from apps.kernel.money import is_known_currency

INCOMPLETE = "kernel.money.incomplete"
UNKNOWN_CURRENCY = "kernel.money.currency_unknown"
CURRENCY_SUFFIX = "_currency"


def incomplete_amounts(row: models.Model, *names: str) -> Iterator[FieldError]:
    """Complain, on the empty half, about amounts without a currency and currencies without an amount."""
    for name in names:
        has_amount = getattr(row, name) is not None
        if has_amount != bool(getattr(row, f"{name}{CURRENCY_SUFFIX}")):
            empty = f"{name}{CURRENCY_SUFFIX}" if has_amount else name
            yield FieldError(empty, INCOMPLETE, _("An amount and its currency belong together."))


def unknown_currencies(row: models.Model, *columns: str, among: Collection[str] | None = None) -> Iterator[FieldError]:
    """Complain about codes that look like a currency's and are none; `among` narrows the columns (None: all)."""
    for column in columns if among is None else set(columns) & set(among):
        code = getattr(row, column)
        if re.fullmatch(CURRENCY.written, code) and not is_known_currency(code):
            yield FieldError(column, UNKNOWN_CURRENCY, _("There is no such currency."))


def whole_amount(name: str, *, constraint: str) -> models.CheckConstraint:
    """The database's own check of the same."""
    nothing = models.Q(**{f"{name}__isnull": True, f"{name}{CURRENCY_SUFFIX}": ""})
    both = models.Q(**{f"{name}__isnull": False}) & ~models.Q(**{f"{name}{CURRENCY_SUFFIX}": ""})
    return models.CheckConstraint(condition=nothing | both, name=constraint)
