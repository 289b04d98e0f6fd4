"""List filters that stay usable with hundreds of choices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import PAGE_VAR


class SelectFilter(admin.SimpleListFilter):
    """A filter shown as a select with a button; it needs no script."""

    template = "backoffice/select_filter.html"

    def has_output(self) -> bool:
        """Always shown: the choices may be those of a record that is not there yet."""
        return True

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Options, after one entry that carries what the form must pass on."""
        others = {key: value for key, value in changelist.params.items() if key not in {self.parameter_name, PAGE_VAR}}
        yield {"others": list(others.items()), "parameter": self.parameter_name, "value": self.value() or ""}
        for value, label in self.lookup_choices:
            yield {"value": str(value), "display": label, "selected": str(value) == self.value()}
