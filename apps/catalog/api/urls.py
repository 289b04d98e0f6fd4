from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.catalog.api.views import AssignmentViewSet, CategoryTreeView, CategoryViewSet, OfferViewSet
from apps.kernel.api.routers import CommandRouter

router = CommandRouter()
router.register("categories", CategoryViewSet, basename="catalog.category")
router.register("category-assignments", AssignmentViewSet, basename="catalog.category_assignment")
router.register("offers", OfferViewSet, basename="catalog.offer")

urlpatterns: list[URLPattern | URLResolver] = [
    path("categories/tree/", CategoryTreeView.as_view(), name="catalog.category.tree"),
    *router.urls,
]
