"""Simple lists: pages by number, an allow-listed order, and no parameter that nobody reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from apps.kernel.errors import FieldError, InvalidInput

PAGE_SIZE = 50
LARGEST_PAGE = 100
LAST_PAGE = 1000
PARAMETERS = frozenset({"page", "page_size", "ordering"})


class NumberedPages(BasePagination):
    """`page` from 1 to 1,000 and `page_size` from 1 to 100; a page behind the last one is empty."""

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        """The rows of the page. Raises InvalidInput for both numbers at once."""
        complaints: list[FieldError] = []
        self.request = request
        self.number = _number(request, "page", 1, LAST_PAGE, complaints)
        self.size = _number(request, "page_size", PAGE_SIZE, LARGEST_PAGE, complaints)
        if complaints:
            raise InvalidInput(errors=tuple(complaints))
        self.count = queryset.count()
        start = (self.number - 1) * self.size
        return list(queryset[start : start + self.size])

    def get_paginated_response(self, data: Any) -> Response:
        """`{count, next, previous, results}`."""
        following = self.number + 1 if self.number * self.size < self.count else None
        former = self.number - 1 if self.number > 1 else None
        links = {"next": self._link(following), "previous": self._link(former)}
        return Response({"count": self.count, **links, "results": data})

    def _link(self, number: int | None) -> str | None:
        if number is None or number > LAST_PAGE:
            return None
        address = self.request.build_absolute_uri()
        return remove_query_param(address, "page") if number == 1 else replace_query_param(address, "page", number)


def _number(request: Request, name: str, default: int, most: int, complaints: list[FieldError]) -> int:
    text = request.query_params.get(name, str(default))
    if text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most:
        return int(text)
    message = _("Give a whole number from 1 to {most}.").format(most=most)
    complaints.append(FieldError(name, "kernel.page.invalid", message))
    return default


def ordered(rows: QuerySet[Any], request: Request, *, allowed: Iterable[str], default: str) -> QuerySet[Any]:
    """Sort by `ordering=-name,code`, last by id. Raises InvalidInput with the allowed names."""
    names = [name for name in request.query_params.get("ordering", default).split(",") if name]
    known = set(allowed)
    if unknown := [name for name in names if name.removeprefix("-") not in known]:
        message = _("Cannot sort by {unknown}. Possible: {known}.").format(
            unknown=", ".join(unknown), known=", ".join(sorted(known))
        )
        raise InvalidInput(errors=(FieldError("ordering", "kernel.ordering.unknown", message),))
    last = "-pk" if names and names[-1].startswith("-") else "pk"  # one direction: an index serves it both ways
    return rows.order_by(*names, last)


def demand_known_parameters(request: Request, filters: Iterable[str]) -> None:
    """Refuse parameters that nobody reads: a mistyped filter would show too much. Raises InvalidInput."""
    unknown = sorted(set(request.query_params) - PARAMETERS - set(filters))
    if unknown:
        message = _("There is no such parameter.")
        raise InvalidInput(errors=tuple(FieldError(name, "kernel.parameter.unknown", message) for name in unknown))
