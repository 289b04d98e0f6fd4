"""What every answer of the interface has: no place in caches, and the name of the action that a write was."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from apps.kernel.commands.outcome import collected_actions


class FinishedAnswers:
    """Mixin of views, before DRF's."""

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Name the action that a write was, and keep personal data out of caches."""
        parent: Any = super()
        final = parent.finalize_response(request, response, *args, **kwargs)
        final["Cache-Control"] = "no-store"
        actions = collected_actions()
        if request.method not in SAFE_METHODS and actions and final.status_code < 400:
            final["X-Action-Id"] = str(actions[-1])
        return final
