"""Refusals of the translations module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import InvalidInput, PlatformError


class LocaleInvalid(InvalidInput):
    """A tag that names no language, or the one that texts are written in."""

    code = "translations.locale.invalid"
    message = _("Give languages such as pl or pt-BR, other than the one that texts are written in.")


class LocaleNotHeld(InvalidInput):
    """Texts are translated into the languages that the tenant has chosen only."""

    code = "translations.locale.not_held"
    message = _("Texts are not translated into this language. Choose among: {locales}.")


class TextsChanged(PlatformError):
    """Somebody else changed the texts, or what they are made from, since they were read."""

    status = 412
    code = "translations.translation.changed"
    message = _("The texts in {locales} were changed meanwhile. Look at what stands there now.")
