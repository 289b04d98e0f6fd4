"""What the operations do that all resources have, with the name of their records."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.kernel.api.reading.viewset import ReadingViewSet
from apps.kernel.api.viewsets import CommandViewSet

STANDARD = {
    "list": _("List {many}, page by page or as a file."),
    "retrieve": _("Show one {kind}."),
    "create": _("Create one {kind}."),
    "update": _("Change one {kind}; every required field is given."),
    "partial_update": _("Change the given fields of one {kind}."),
    "destroy": _("Delete one {kind}."),
    "bulk": _("Put many {many} through one action: all or none; one undo takes it back."),
}


def standard_text(view: Any, action: str) -> str | None:
    """What the action does; None where the view has a method, and so words, of its own."""
    base = CommandViewSet if isinstance(view, CommandViewSet) else ReadingViewSet
    if not isinstance(view, base) or getattr(type(view), action, None) is not getattr(base, action, None):
        return None
    if action not in STANDARD:
        return None
    model: Any = view.kind().model
    return str(STANDARD[action]).format(kind=model._meta.verbose_name, many=model._meta.verbose_name_plural)
