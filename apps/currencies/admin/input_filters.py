"""Filters with inputs of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.views.main import PAGE_VAR
from django.http import HttpRequest
from django.utils.translation import gettext

from apps.currencies.admin.choices import iso_day
from apps.kernel.admin.buttons import Text


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a filter: its parameter, label and HTML type."""

    name: str
    label: Text
    kind: str = "text"


class InputFilter(admin.ListFilter):
    """A filter with inputs of its own and one button; it needs no script."""

    template = "currencies/input_filter.html"
    inputs: ClassVar[tuple[Input, ...]] = ()

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self.used_parameters = {item.name: params.pop(item.name)[-1] for item in self.inputs if item.name in params}

    def has_output(self) -> bool:
        """Always shown."""
        return True

    def expected_parameters(self) -> list[str | None]:
        """What stands in the address."""
        return [item.name for item in self.inputs]

    def entered(self, name: str) -> str:
        """What was entered, without blanks around it."""
        return str(self.used_parameters.get(name, "")).strip()

    def suggestions(self) -> Sequence[str]:
        """Words that the inputs propose."""
        return ()

    def choices(self, changelist: Any) -> Iterator[Any]:
        """What the template needs: the inputs, and what the form must pass on."""
        own = {*self.expected_parameters(), PAGE_VAR}
        yield {
            "others": [(name, value) for name, value in changelist.params.items() if name not in own],
            "inputs": [{"input": item, "value": self.entered(item.name)} for item in self.inputs],
            "suggestions": self.suggestions(),
        }

    def day(self, request: HttpRequest, name: str) -> date | None:
        """The entered day; what is none is complained of."""
        text = self.entered(name)
        found = iso_day(text) if text else None
        if text and found is None:
            said = gettext("“%(text)s” is no day. Write it like 2026-03-31.") % {"text": text[:40]}
            messages.error(request, said)
        return found
