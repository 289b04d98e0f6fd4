"""The router of the house: UUID addresses, and only those methods whose command exists."""

from __future__ import annotations

from typing import Any

from rest_framework.routers import SimpleRouter

from apps.kernel.api.reading.viewset import register_resource

COMMAND_OF = {
    "create": "create_command",
    "update": "update_command",
    "partial_update": "update_command",
    "destroy": "delete_command",
}


class CommandRouter(SimpleRouter):
    """Routes of `CommandViewSet`s: `register("currencies", CurrencyViewSet, basename=…)`."""

    def __init__(self) -> None:
        super().__init__(use_regex_path=False)

    def register(self, prefix: str, viewset: Any, basename: str | None = None) -> None:
        """Take a view set in, and let other resources expand its records."""
        super().register(prefix, viewset, basename)
        register_resource(viewset)

    def get_method_map(self, viewset: Any, method_map: Any) -> dict[str, str]:
        """Leave out actions whose command the view set does not name: they answer 405."""
        bound: dict[str, str] = super().get_method_map(viewset, method_map)
        return {method: action for method, action in bound.items() if self._is_possible(viewset, action)}

    @staticmethod
    def _is_possible(viewset: Any, action: str) -> bool:
        if action == "bulk":
            return bool(viewset.offered_bulk())
        return action not in COMMAND_OF or getattr(viewset, COMMAND_OF[action], None) is not None
