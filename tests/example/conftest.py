"""The example is not installed in the tests' house: what needs it runs in a house of its own (`test_own_house.py`)."""

from __future__ import annotations

from django.apps import apps

collect_ignore = [] if apps.is_installed("apps.example") else ["installed"]
