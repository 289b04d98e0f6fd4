"""The page of figures at /metrics, for operators only."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_only_middleware
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import InfoMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from apps.kernel.web.metrics.backlog import Backlog
from apps.kernel.web.metrics.instruments import HERE
from apps.kernel.web.operators import may_look_inside

GetResponse = Callable[[HttpRequest], HttpResponseBase]

PATH = "/metrics"


class Build(Collector):
    """What runs here."""

    def collect(self) -> Iterable[InfoMetricFamily]:
        """Versions as labels of a figure that is always 1."""
        versions = {
            "version": settings.AGORA_VERSION,
            "python": platform.python_version(),
            "django": django.__version__,
        }
        return [InfoMetricFamily("agora_build", "What runs here.", versions)]


_backlog = Backlog()


def figures() -> bytes:
    """All figures in the text format: counted ones of all processes where they share a folder, else of this one."""
    registry = CollectorRegistry()
    if settings.METRICS_FOLDER:
        MultiProcessCollector(registry, settings.METRICS_FOLDER)  # type: ignore[no-untyped-call]
    else:
        registry.register(HERE)
        ProcessCollector(registry=registry)
    registry.register(Build())
    registry.register(_backlog)
    return generate_latest(registry)


@sync_only_middleware
def MetricsMiddleware(get_response: GetResponse) -> GetResponse:  # noqa: N802 - named like a class in settings
    """Answers operators before hosts, TLS, sessions and scopes are looked at. For others there is no such address."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info != PATH or not may_look_inside(request):
            return get_response(request)
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return HttpResponse(figures(), content_type=CONTENT_TYPE_PLAIN_0_0_4)

    return middleware
