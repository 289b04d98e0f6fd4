"""The place of interceptors in a view: behind its guard and its serializer, before its command, around its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from apps.kernel.commands.invocation import give_reason
from apps.kernel.errors import PlatformError
from apps.kernel.extensions.interceptors import (
    INTERCEPTORS,
    Call,
    Changes,
    Interceptor,
    added_to,
    changes_of,
)

BODILESS = frozenset({"GET", "HEAD", "DELETE"})


class InterceptedView(GenericViewSet[Any]):
    """A view set whose requests pass the interceptors of its entity and path."""

    interceptors: tuple[Interceptor, ...] = ()
    is_intercepted = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let pass who may call; requests without a body meet the interceptors now, others when theirs is checked."""
        super().initial(request, *args, **kwargs)
        names = {"method": str(request.method), "path": request.path_info, "entity": str(getattr(self, "entity", ""))}
        self.interceptors = tuple(item for item in INTERCEPTORS.open() if item.concerns(**names))
        if request.method in BODILESS:
            self.intercept(request)

    def intercept(self, request: Request) -> bool:
        """Let every interceptor look at the request, the first of them first; whether the body was changed.

        What one changes the next one sees. Raises their refusals, and ExtensionFailed.
        """
        self.is_intercepted, is_changed = True, False
        for item in self.interceptors:
            changes = changes_of(item, self._call(request, item))
            self._take_in(request, changes)
            is_changed = is_changed or changes.body is not None
        return is_changed

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Let the interceptors add to a success that is JSON."""
        if self.interceptors and isinstance(response, Response) and response.status_code < 300:
            try:
                for item in self.interceptors:
                    call = self._call(request, item)
                    response.data = added_to(item, call, response.status_code, response.data)
            except PlatformError as error:
                response = self.handle_exception(error)
        return super().finalize_response(request, response, *args, **kwargs)

    def _call(self, request: Request, interceptor: Interceptor) -> Call:
        return Call(
            method=str(request.method),
            path=request.path_info,
            entity=str(getattr(self, "entity", "")),
            action=str(self.action),
            record_id=self.kwargs.get("pk"),
            query={name: tuple(map(str, request.query_params.getlist(name))) for name in request.query_params},
            body=None if request.method in BODILESS else request.data,
            headers={name: request.headers[name] for name in interceptor.headers if name in request.headers},
        )

    @staticmethod
    def _take_in(request: Request, changes: Changes) -> None:
        if changes.query is not None:
            made = _query(changes.query)
            request._request.GET = made  # type: ignore[assignment]
            request._request.META["QUERY_STRING"] = made.urlencode()  # for links, and for jobs that read it again
        if changes.body is not None and request.method not in BODILESS:
            request._full_data = dict(changes.body)  # type: ignore[attr-defined]
        if changes.reason:
            give_reason(changes.reason)


def _query(parameters: Mapping[str, Any]) -> QueryDict:
    made = QueryDict(mutable=True)
    for name, values in parameters.items():
        made.setlist(name, [str(value) for value in values])
    return made
