"""Widgets and figures as plain JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise

from apps.dashboards.calculations.settings import completed
from apps.dashboards.contracts import Answer
from apps.dashboards.selectors.running import Shown, State
from apps.dashboards.selectors.sources import Source
from apps.kernel.extensions.dashboards import DashboardWidget, Setting, TemplateData
from apps.kernel.money import amount_text


def shown_state(shown: Shown) -> dict[str, Any]:
    """One widget with what it shows."""
    return {
        "id": shown.item["id"],
        "widget": shown.item["widget"],
        "state": str(shown.state) if shown.state is not State.MISSING else "unavailable",
        "kind": str(shown.widget.kind) if shown.widget is not None else None,
        "link": shown.link,
        "data": _data(shown),
    }


def _data(shown: Shown) -> dict[str, Any] | None:
    if shown.data is None:
        return None
    if isinstance(shown.data, TemplateData):
        return {"html": shown.html + ""}  # no longer marked as safe, which JSON has no form for
    plain: dict[str, Any] = plain_of(asdict(shown.data))
    return plain


def plain_of(value: Any) -> Any:
    """The value for JSON: decimals and days as texts, lazy texts in the reader's language."""
    if isinstance(value, dict):
        return {name: plain_of(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain_of(item) for item in value]
    if isinstance(value, Decimal):
        return amount_text(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Promise | str) else value


def shown_widget(widget: DashboardWidget) -> dict[str, Any]:
    """One widget of the catalog."""
    return {
        "id": widget.id,
        "title": str(widget.title),
        "description": str(widget.description),
        "icon": widget.icon,
        "kind": str(widget.kind),
        "width": str(widget.width),
        "refresh": widget.refresh,
        "is_standard": widget.is_standard,
        "settings": [_setting(item, widget) for item in widget.settings],
    }


def _setting(item: Setting, widget: DashboardWidget) -> dict[str, Any]:
    values = completed(widget.settings, {})
    choices = item.choices(values) if item.choices is not None else ()
    return {
        "name": item.name,
        "label": str(item.label),
        "kind": str(item.kind),
        "default": item.default,
        "is_required": item.is_required,
        "choices": [[key, str(label)] for key, label in choices],
    }


def shown_source(source: Source) -> dict[str, Any]:
    """A kind of record with what may be asked of it."""
    declared = source.figures
    return {
        "entity": declared.entity,
        "label": str(source.entity.label_plural),
        "measures": list(declared.measures),
        "groups": list(declared.groups),
        "dates": list(declared.dates),
        "filters": list(declared.conditions),
    }


def shown_answer(answer: Answer) -> dict[str, Any]:
    """Figures with the days that they are about."""
    return {
        "start": answer.start.isoformat(),
        "end": answer.end.isoformat(),
        "granularity": answer.granularity,
        "compared": [day.isoformat() for day in answer.compared] if answer.compared else None,
        "link": answer.link,
        "results": [
            {
                "key": None if item.key is None else str(plain_of(item.key)),
                "label": item.label,
                "value": _text(item.value),
                "currency": item.currency,
                "previous": _text(item.previous),
                "link": item.link,
            }
            for item in answer.figures
        ],
    }


def _text(value: Any) -> str | None:
    return None if value is None else str(plain_of(value))
