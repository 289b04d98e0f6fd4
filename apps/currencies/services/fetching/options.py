"""Options of a configuration: what is wrong with them, all at once, each complaint naming its option."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from apps.currencies.contracts import Options, RateQuote
from apps.currencies.errors import OptionsInvalid
from apps.kernel.errors import FieldError
from apps.kernel.money import is_known_currency
from apps.kernel.outbound import OutboundRefused
from apps.kernel.outbound.resolving import resolver_from_settings
from apps.kernel.outbound.targets import parse_target

Check = Callable[[Any], str | None]  # what is wrong with a value that is there; None when nothing is
OPTIONS = OptionsInvalid.code
MOST = 200
LONGEST_TEXT = 200
LONGEST_URL = 2000
_CODE = re.compile(r"[A-Z]{3}")


def complaints_about(
    options: Options, checks: Mapping[str, Check], *, required: tuple[str, ...] = ()
) -> Iterator[FieldError]:
    """Complaints about unknown, missing and wrong options. A value of None counts as left out."""
    given = {name: value for name, value in options.items() if value is not None}
    for name in given:
        if name not in checks:
            known = ", ".join(sorted(checks))
            yield FieldError(
                f"options.{name}", OPTIONS, _("There is no such option. Possible: {names}.").format(names=known)
            )
    for name in required:
        if name not in given:
            yield FieldError(f"options.{name}", OPTIONS, _("This option is required."))
    for name, check in checks.items():
        if name in given and (wrong := check(given[name])) is not None:
            yield FieldError(f"options.{name}", OPTIONS, wrong)


def choice(*values: str) -> Check:
    """One of the values."""

    def check(value: Any) -> str | None:
        if isinstance(value, str) and value in values:
            return None
        return _("Possible: {names}.").format(names=", ".join(values))

    return check


def choices(*values: str) -> Check:
    """A list of some of the values, each once."""

    def check(value: Any) -> str | None:
        known = isinstance(value, list) and value and all(isinstance(item, str) and item in values for item in value)
        if known and len(set(value)) == len(value):
            return None
        return _("A list of: {names}.").format(names=", ".join(values))

    return check


def text(pattern: str, explanation: str) -> Check:
    """A text of a form, which `explanation` tells in a sentence."""
    form = re.compile(pattern)

    def check(value: Any) -> str | None:
        fits = isinstance(value, str) and len(value) <= LONGEST_TEXT and form.fullmatch(value)
        return None if fits else _(explanation)

    return check


def currency(value: Any) -> str | None:
    """A code of ISO 4217."""
    if isinstance(value, str) and _CODE.fullmatch(value) and is_known_currency(value):
        return None
    return _("A currency code of ISO 4217, such as EUR.")


def currencies(value: Any) -> str | None:
    """A list of codes; an empty one means all."""
    if not isinstance(value, list) or len(value) > MOST:
        return _("A list of at most {most} currency codes.").format(most=MOST)
    wrong = [str(item)[:20] for item in value if currency(item) is not None]
    return _("There are no such currencies: {codes}.").format(codes=", ".join(wrong)) if wrong else None


def address(value: Any) -> str | None:
    """An http or https address that may be called, as far as can be told without looking its name up."""
    if not isinstance(value, str) or len(value) > LONGEST_URL:
        return _("A web address.")
    try:
        target = parse_target(value)
        if target.address is not None or target.has_blocked_name:
            resolver_from_settings().addresses(target)
    except OutboundRefused as refusal:
        return _("This address cannot be called: {reason}.").format(reason=refusal.reason.words)
    return None


def wanted(quote: RateQuote, options: Options) -> bool:
    """Say whether the option `currencies` lets a quote pass: it names one of the two, or nothing at all."""
    named = options.get("currencies") or ()
    return not named or quote.from_code in named or quote.to_code in named
