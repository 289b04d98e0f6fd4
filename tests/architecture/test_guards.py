"""Every page and every API operation says who may call it."""

from __future__ import annotations

from apps.kernel.web.guards import unguarded_views


def test_no_view_is_without_a_guard() -> None:
    assert unguarded_views("config.urls") == []
