"""Ways from one page to another that stand among a record's buttons."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.admin.buttons import way


def chart_address(from_code: str, to_code: str) -> str:
    """Where the chart of a pair is."""
    return f"{reverse('admin:currencies_chart')}?{urlencode({'from': from_code, 'to': to_code})}"


def chart_way(from_code: str, to_code: str) -> dict[str, Any]:
    """The link to the chart of a pair."""
    return way(_("Chart"), "show_chart", chart_address(from_code, to_code))
