"""Complaints about the parameters of a list: collected, so that a caller hears all of them at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.translation import gettext as _

from apps.kernel.errors import FieldError, InvalidInput


class Parameters(Protocol):
    """Query parameters of a request: what Django's QueryDict offers."""

    def getlist(self, key: str) -> list[Any]:
        """Every value of the name."""
        ...

    def __iter__(self) -> Any:
        """The names."""
        ...

    def __contains__(self, key: object) -> bool:
        """Say whether the name was given."""
        ...


@dataclass
class Asked:
    """Parameters of one request, and what is wrong with them so far."""

    parameters: Parameters
    found: list[FieldError] = field(default_factory=list)

    def text(self, name: str) -> str | None:
        """The parameter's one value; None when it is not given. Complains about a name that stands twice."""
        if name not in self.parameters:
            return None
        values = self.parameters.getlist(name)
        if len(values) > 1:
            self.refuse(name, "kernel.parameter.repeated", _("Give this parameter once."))
        return str(values[-1])

    def names(self, name: str) -> list[str] | None:
        """The parameter's comma-separated names; None when it is not given."""
        text = self.text(name)
        return None if text is None else [item for item in text.split(",") if item]

    def refuse(self, name: str, code: str, message: str) -> None:
        """Complain."""
        self.found.append(FieldError(name, code, message))

    def refuse_unknown(self, name: str, code: str, *, unknown: Iterable[str], known: Iterable[str]) -> None:
        """Complain about names that are not on a list, and give the list."""
        message = _("Not known here: {unknown}. Possible: {known}.")
        listed = ", ".join(sorted(known)) or "–"
        self.refuse(name, code, message.format(unknown=", ".join(unknown), known=listed))

    def demand(self) -> None:
        """Raise InvalidInput with all complaints, if there are any."""
        if self.found:
            raise InvalidInput(errors=tuple(self.found))


def demand_known_parameters(parameters: Parameters, known: Iterable[str] = ()) -> None:
    """Refuse parameters that nobody reads, for views that are no lists. Raises InvalidInput."""
    asked = Asked(parameters)
    for name in set(parameters) - set(known):
        asked.refuse(name, "kernel.parameter.unknown", _("There is no such parameter."))
    asked.demand()
