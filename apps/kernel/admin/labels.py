"""Labels of referenced records on one page, as links to their pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.kernel.commands.history.labels import RecordLabels, pointing_columns, record_url, target_of

__all__ = ["Labels", "labels_of", "pointing_columns", "record_url", "target_of"]


class Labels(RecordLabels):
    """Labels that one request has looked up so far, by entity and id."""

    def link(self, entity: str, record_id: UUID | None) -> str | SafeString:
        """The label, as a link where the record's entity has a page."""
        text = self.text(entity, record_id)
        address = record_url(entity, record_id)
        return format_html('<a href="{}" class="text-link">{}</a>', address, text) if address else text


def labels_of(request: HttpRequest) -> Labels:
    """The labels of this request."""
    found: Any = getattr(request, "agora_labels", None)
    if found is None:
        found = request.agora_labels = Labels()  # type: ignore[attr-defined]
    labels: Labels = found
    return labels
