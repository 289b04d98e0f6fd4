"""Addresses of merged people and companies lead to the same address of the record in their place."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import urlencode

from django.urls import reverse
from rest_framework import status as codes
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response

from apps.customers.models import CustomerRecord
from apps.customers.selectors import successor
from apps.kernel.errors import RowNotFound


class LeadsOn:
    """Mixin of views below the address of one record, before DRF's; `moves` names what is asked of merged ones.

    Reading answers 308 with `Location`; writing to somebody who was merged is 404 as ever.
    """

    moved: ClassVar[type[CustomerRecord]]

    def handle_exception(self, exc: Exception) -> Any:
        """Answer with the way to the successor where the record is not there because it was merged."""
        view: Any = self
        found = None
        if isinstance(exc, RowNotFound) and view.request.method in SAFE_METHODS:
            found = successor(self.moved, view.kwargs.get("pk"))
        if found is None:
            parent: Any = super()
            return parent.handle_exception(exc)
        address = reverse(view.request.resolver_match.view_name, kwargs={**view.kwargs, "pk": found})
        parameters = view.request.query_params
        asked = f"?{urlencode(list(parameters.lists()), doseq=True)}" if parameters else ""
        moved = Response({"merged_into_id": str(found)}, status=codes.HTTP_308_PERMANENT_REDIRECT)
        moved["Location"] = f"{address}{asked}"
        return moved
