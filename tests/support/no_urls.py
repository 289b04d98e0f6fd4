"""A URL configuration without pages."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
