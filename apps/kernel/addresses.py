"""Addresses that an installation may be without: that of a module which is left out, or of the back office."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse


def address_if_any(name: str, *args: Any, query: Mapping[str, Any] | None = None) -> str:
    """The address of the URL pattern of this name, with a query; "" where there is no such pattern."""
    try:
        found = reverse(name, args=args)
    except NoReverseMatch:
        return ""
    return f"{found}?{urlencode(query)}" if query else found
