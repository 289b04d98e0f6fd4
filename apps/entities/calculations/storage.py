"""How canonical values stand in the column `custom`, and how they are shown.

The column is one flat object, because the database reads it with `cf_num(custom, 'key')` and its sisters, which an
index can serve. Most values stand under their key. An amount stands there as a number, and its currency beside it
under `<key>.currency`; an encrypted value as the text of its envelope, and the digest for exact look-up beside it
under `<key>.index`. No key of a field has a dot in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from apps.entities.calculations.canonical import Amount
from apps.entities.contracts import FieldDefinition, Kind

CURRENCY_SUFFIX: Final = ".currency"
INDEX_SUFFIX: Final = ".index"


def index_key(key: str) -> str:
    """Where the digest of an encrypted value stands."""
    return f"{key}{INDEX_SUFFIX}"


def keys_of(key: str) -> tuple[str, ...]:
    """Every place where something of a field may stand."""
    return key, f"{key}{CURRENCY_SUFFIX}", index_key(key)


def stored_form(key: str, value: Any) -> dict[str, Any]:
    """What stands in the column for a canonical value that is not encrypted."""
    if isinstance(value, Amount):
        return {key: value.amount, f"{key}{CURRENCY_SUFFIX}": value.currency}
    return {key: value}


def lifted(field: FieldDefinition, stored: Mapping[str, Any]) -> Any:
    """The canonical value in a column, None for none; of an encrypted field its envelope."""
    value = stored.get(field.key)
    if field.is_encrypted or value is None:
        return value
    if field.kind is Kind.CURRENCY:
        return Amount(_exact(value), str(stored.get(f"{field.key}{CURRENCY_SUFFIX}", "")))
    return _exact(value) if field.kind is Kind.DECIMAL else value


def _exact(value: Any) -> Decimal:
    """The number; images reach the history as plain JSON, where a number with a point is a float."""
    return Decimal(str(value))


def shown(value: Any) -> Any:
    """A canonical value as the REST interface shows it: decimals as text."""
    if isinstance(value, Amount):
        return {"amount": f"{value.amount:f}", "currency": value.currency}
    return f"{value:f}" if isinstance(value, Decimal) else value


def compared_text(value: Any) -> str:
    """A canonical value as one text, the same for equal values: for digests and locks."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Amount):
        return f"{value.currency} {value.amount:f}"
    if isinstance(value, list):
        return "\n".join(value)
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
