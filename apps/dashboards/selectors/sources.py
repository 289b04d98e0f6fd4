"""Kinds of record with figures: which there are for the actor, and what may be asked of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from apps.dashboards.contracts import Question
from apps.dashboards.errors import FiguresUnavailable
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.extensions.figures import FIGURES, Figures
from apps.kernel.registry.entities import ENTITIES, Entity

Choices = Sequence[tuple[str, str | Promise]]
AGGREGATES = ("count", "sum", "avg", "min", "max")
COMPARISONS = ("previous_period", "previous_year")
COUNT = "count"


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of record with what was declared of it."""

    figures: Figures
    entity: Entity

    def rows(self) -> models.QuerySet[Any]:
        """Its records, those that live and that the actor may see."""
        found = self.figures.rows() if self.figures.rows is not None else self.entity.living()
        return found.order_by()

    def field(self, name: str) -> Any:
        """The model's field of a name; keys under their `_id` too."""
        known: Any = self.entity.model._meta._forward_fields_map  # type: ignore[attr-defined]
        return known[name]

    def label(self, name: str) -> str:
        """The field's name for people."""
        return capfirst(str(self.field(name).verbose_name))

    def is_moment(self, name: str) -> bool:
        """Say whether the field holds moments, and not days."""
        return isinstance(self.field(name), models.DateTimeField)


def sources() -> list[Source]:
    """Kinds of record that the actor may ask figures of, in their order."""
    return [Source(item, ENTITIES[item.entity]) for item in FIGURES.open() if item.entity in ENTITIES]


def source_of(entity: str) -> Source:
    """The kind of record. Raises FiguresUnavailable for one without figures or without leave."""
    found = next((item for item in sources() if item.figures.entity == entity), None)
    if found is None:
        message = str(FiguresUnavailable.message)
        raise FiguresUnavailable(errors=(FieldError("entity", FiguresUnavailable.code, message),))
    return found


def is_open(entity: str) -> bool:
    """Say whether the actor may ask figures of the kind."""
    return any(item.figures.entity == entity for item in sources())


def entity_choices() -> Choices:
    """Kinds of record with their names."""
    return [(item.figures.entity, capfirst(str(item.entity.label_plural))) for item in sources()]


def measure_choices(source: Source) -> Choices:
    """What may be reckoned, as `count` or `sum:<field>`."""
    words = {"sum": _("Sum of %(field)s"), "avg": _("Average of %(field)s")}
    words |= {"min": _("Lowest %(field)s"), "max": _("Highest %(field)s")}
    return [
        (COUNT, _("How many there are")),
        *(
            (f"{name}:{field}", words[name] % {"field": source.label(field)})
            for field in source.figures.measures
            for name in AGGREGATES[1:]
        ),
    ]


def group_choices(source: Source) -> Choices:
    """By what they may be told apart."""
    times = [(name, _("%(field)s, by time") % {"field": source.label(name)}) for name in source.figures.dates]
    return [*times, *((name, source.label(name)) for name in source.figures.groups)]


def date_choices(source: Source) -> Choices:
    """Which day or moment the period may cut."""
    return [(name, source.label(name)) for name in source.figures.dates]


def demand_sound(source: Source, question: Question) -> None:
    """Raise InvalidInput with everything that the kind does not offer."""
    declared = source.figures
    checks: Iterable[tuple[str, bool]] = (
        ("aggregate", question.aggregate in AGGREGATES),
        ("field", question.aggregate == COUNT or question.measure in declared.measures),
        ("group_by", question.group_by in ("", *declared.groups, *declared.dates)),
        ("date", question.date in ("", *declared.dates)),
        ("comparison", question.comparison in ("", *COMPARISONS)),
    )
    text = _("This cannot be chosen here.")
    if bad := tuple(FieldError(name, "invalid_choice", text) for name, holds in checks if not holds):
        raise InvalidInput(errors=bad)
