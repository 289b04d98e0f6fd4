"""The document itself, and the addresses at which it can be had: as JSON or YAML, and as a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import yaml
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.views.decorators.csrf import ensure_csrf_cookie
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.kernel.api.reading.complaints import demand_known_parameters
from apps.kernel.api.refusals import Forbidden
from apps.kernel.api.renderers import FastJSONRenderer
from apps.kernel.errors import NotAuthenticated
from apps.kernel.tenancy.scope import ActorKind, scope_or_none

PROBLEM = "application/problem+json"
READERS = frozenset({ActorKind.STAFF, ActorKind.API_KEY})
OPENAPI = "application/vnd.oai.openapi"
YAML_FORMS = {(200, OPENAPI): OpenApiTypes.OBJECT, (200, "application/yaml"): OpenApiTypes.OBJECT}
JSON_FORMS = {(200, "application/json"): OpenApiTypes.OBJECT, (200, f"{OPENAPI}+json"): OpenApiTypes.OBJECT}


class JSONDocument(FastJSONRenderer):
    """The document as JSON."""


class OpenAPIDocument(JSONDocument):
    """The same under the name of its own."""

    media_type = f"{OPENAPI}+json"


class YAMLDocument(BaseRenderer):
    """The document as YAML; refusals stay JSON."""

    media_type = "application/yaml"
    format = "yaml"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """The bytes."""
        if "openapi" not in data:
            return FastJSONRenderer().render(data)
        return _written(get_language() or "en")


class OpenAPIYAMLDocument(YAMLDocument):
    """The same under the name of its own."""

    media_type = OPENAPI


class _Plain(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Without anchors, which not every reader knows; by libyaml where it is there, in a tenth of the time."""

    def ignore_aliases(self, data: Any) -> bool:
        """Everything is spelled out."""
        return True


class _PageRenderer(FastJSONRenderer):
    """Stands for the page in the negotiation; refusals are JSON."""

    media_type = "text/html"
    format = "html"


class DocumentView(APIView):
    """What the document's addresses share: they are open to staff and their keys, by a setting to everybody."""

    authenticated = "whoever works here may know what can be called; what it answers has guards of its own"
    metadata_class = None

    def check_permissions(self, request: Request) -> None:
        """Let staff and keys pass, and everybody where AGORA_API_DOCS_PUBLIC says so. Raises Forbidden."""
        if settings.API_DOCS_PUBLIC:
            return
        super().check_permissions(request)
        scope = scope_or_none()  # none where the method leads nowhere: 405 follows
        if scope is not None and scope.actor.kind not in READERS:
            raise Forbidden


class SchemaView(DocumentView):
    """The OpenAPI document."""

    renderer_classes = (JSONDocument, OpenAPIDocument, YAMLDocument, OpenAPIYAMLDocument)

    @extend_schema(responses={**JSON_FORMS, **YAML_FORMS})
    def get(self, request: Request) -> Response:
        """This document, as `Accept` or `format=json|yaml` wants it."""
        demand_known_parameters(request.query_params, ("format",))
        return Response(document(get_language() or "en"))


class DocsView(DocumentView):
    """The document as a page on which operations can be tried."""

    renderer_classes = (_PageRenderer, FastJSONRenderer)

    @extend_schema(responses={(200, "text/html"): OpenApiTypes.STR, 302: None})
    @method_decorator(ensure_csrf_cookie)
    def get(self, request: Request) -> HttpResponse:
        """The page; a browser in which nobody is signed in is led to the log-in."""
        demand_known_parameters(request.query_params, ("format",))
        context = {"csrf_cookie": settings.CSRF_COOKIE_NAME}
        return HttpResponse(render_to_string("kernel/api_docs.html", context, request._request))

    def handle_exception(self, exc: Exception) -> Any:
        """Lead browsers to the log-in; programs hear a refusal."""
        if isinstance(exc, NotAuthenticated) and _is_browser(self.request):
            return redirect_to_login(self.request.get_full_path())
        return super().handle_exception(exc)


def _is_browser(request: Request) -> bool:
    return "text/html" in request.headers.get("Accept", "")


@lru_cache(maxsize=16)
def document(language: str) -> dict[str, Any]:
    """The document in the language of the request, which is the present one; drawn once for each process."""
    drawn = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    plain: dict[str, Any] = json.loads(json.dumps(drawn, default=str))
    return plain


@lru_cache(maxsize=16)
def _written(language: str) -> bytes:
    """The document as YAML, which takes as long to write as the document to draw: once for each process, too."""
    text: str = yaml.dump(document(language), Dumper=_Plain, sort_keys=False, allow_unicode=True)
    return text.encode()
