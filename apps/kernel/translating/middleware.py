"""Every request is read in the languages that it asks for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_only_middleware

from apps.kernel.translating.locales import reading_in, wanted_locales

GetResponse = Callable[[HttpRequest], HttpResponseBase]


@sync_only_middleware
def ReadingLocaleMiddleware(get_response: GetResponse) -> GetResponse:  # noqa: N802 - named like a class in settings
    """Stands below Django's own, which chooses the language of the interface among those that the house speaks."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with reading_in(wanted_locales(request)):
            return get_response(request)

    return middleware
