from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.currencies.api.views.conversion import ConvertView, RateOnView
from apps.currencies.api.views.currencies import CurrencyViewSet
from apps.currencies.api.views.fetching import FetchRatesView, FetchRunViewSet, RateFetchConfigViewSet
from apps.currencies.api.views.rates import ExchangeRateViewSet
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("currencies", CurrencyViewSet, basename="currencies.currency")
router.register("exchange-rates", ExchangeRateViewSet, basename="currencies.exchange_rate")
router.register("fetch-configs", RateFetchConfigViewSet, basename="currencies.rate_fetch_config")
router.register("fetch-runs", FetchRunViewSet, basename="currencies.fetch_run")

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("convert/", ConvertView.as_view(), name="currencies.convert"),
    path("rates/on/", RateOnView.as_view(), name="currencies.rates.on"),
    path("fetch-rates/", FetchRatesView.as_view(), name="currencies.fetch_rates"),
]
