"""What texts have to look like, said in words that help whoever wrote another one."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _


class Pattern(RegexValidator):
    """A pattern with its own words. Migrations hold the pattern alone, so better words need none."""

    def __init__(self, regex: str, message: Any) -> None:
        super().__init__(regex, message)
        self.written = regex

    def deconstruct(self) -> tuple[str, tuple[str], dict[str, Any]]:
        """What a migration holds: Django's validator of the same pattern."""
        return "django.core.validators.RegexValidator", (self.written,), {}


CODE = Pattern(
    r"^[a-z0-9][a-z0-9_.-]*$", _("Use a–z, 0–9, hyphens, dots and underscores, beginning with a letter or a digit.")
)
COLOR = Pattern(r"^#[0-9A-Fa-f]{6}$", _("A colour is # and six digits or letters from a to f, such as #1f6feb."))
COUNTRY = Pattern(r"^[A-Z]{2}$", _("A country is a code of two capital letters, such as DE."))
CURRENCY = Pattern(r"^[A-Z]{3}$", _("A currency is a code of three capital letters, such as EUR."))
DOMAIN = Pattern(
    r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$",
    _("A domain is written in small letters and without https://, such as example.com."),
)
ICON = Pattern(r"^[a-z0-9_]+$", _("The name of an icon has only a–z, 0–9 and _, such as local_shipping."))
