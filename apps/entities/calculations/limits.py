"""The rules that a definition sets for its values."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from apps.entities.calculations.canonical import Amount
from apps.entities.calculations.richtext import plain
from apps.entities.calculations.wrong import Wrong
from apps.entities.contracts import FieldDefinition, Kind
from apps.kernel.expressions.regex import matcher

NUMBERS: Final = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.CURRENCY})
TIMES: Final = frozenset({Kind.DATE, Kind.DATETIME})
TEXTS: Final = frozenset({Kind.TEXT, Kind.MULTILINE, Kind.RICHTEXT, Kind.URL, Kind.EMAIL, Kind.PHONE})
PATTERNED: Final = frozenset({Kind.TEXT, Kind.MULTILINE, Kind.URL, Kind.EMAIL, Kind.PHONE})


def judged(field: FieldDefinition, value: Any) -> Iterator[Wrong]:
    """Complaints about a canonical value."""
    yield from _range(field, value)
    yield from _length(field, value)
    if field.rules.pattern and field.kind in PATTERNED and not matcher(whole(field.rules.pattern))(value):
        yield Wrong("pattern", _("The text does not have the expected form."))


def whole(pattern: str) -> str:
    """The pattern for a text as a whole."""
    return f"^(?:{pattern})$"


def _range(field: FieldDefinition, value: Any) -> Iterator[Wrong]:
    measured: Any = value.amount if isinstance(value, Amount) else value
    low, high = (_bound(field, item) for item in (field.rules.minimum, field.rules.maximum))
    if low is not None and measured < low:
        yield Wrong("min_value", _("Give {least} or more.").format(least=field.rules.minimum))
    if high is not None and measured > high:
        yield Wrong("max_value", _("Give {most} or less.").format(most=field.rules.maximum))


def _bound(field: FieldDefinition, rule: Decimal | str | None) -> Any:
    if rule is None or field.kind not in NUMBERS | TIMES:
        return None
    return Decimal(rule) if field.kind in NUMBERS else str(rule)


def _length(field: FieldDefinition, value: Any) -> Iterator[Wrong]:
    rules = field.rules
    if field.kind is Kind.MULTISELECT:
        if rules.min_length is not None and len(value) < rules.min_length:
            yield Wrong("min_length", _("Choose at least {least}.").format(least=rules.min_length))
        if rules.max_length is not None and len(value) > rules.max_length:
            yield Wrong("max_length", _("Choose at most {most}.").format(most=rules.max_length))
        return
    if field.kind not in TEXTS:
        return
    length = len(plain(value) if field.kind is Kind.RICHTEXT else value)
    if rules.min_length is not None and length < rules.min_length:
        yield Wrong("min_length", _("Give at least {least} characters.").format(least=rules.min_length))
    if rules.max_length is not None and length > rules.max_length:
        yield Wrong("max_length", _("Give at most {most} characters.").format(most=rules.max_length))
