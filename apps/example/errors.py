"""Refusals of the example module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict


class CurrencyClosed(Conflict):
    """The desk does not deal in the currency."""

    code = "example.stance.closed"
    message = _("The desk has closed this currency. Change its stance first.")
