"""Replacements: another template for a page, a list, a form or a section, one around it, or other variables."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from django.template.loader import select_template
from django.template.response import TemplateResponse

from apps.kernel.extensions.rooms import room
from apps.kernel.registry.points import ExtensionPoint
from apps.kernel.registry.store import Registry

logger = logging.getLogger(__name__)
SECONDS = 2.0
WRAPPED, INNER = "wrapped", "inner"
KINDS = ("page:", "data-table:", "crud-form:", "section:")
Variables = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Replacement:
    """What stands in the place of what `handle` (a pattern) names.

    Handles are `page:<path below the back office>`, `data-table:<entity>`, `crud-form:<entity>` and `section:<id>`.
    `template` is drawn in its place. `wrapper` is drawn around it: for a page it begins with `{% extends wrapped %}`,
    for a section it has `{{ inner }}`. `context(variables)` gives variables to add or to change. They are applied one
    after the other, lower `priority` first, so that a later template wins and a later wrapper stands outside.
    """

    id: str
    handle: str
    template: str = ""
    wrapper: str = ""
    context: Callable[[Variables], Variables] | None = None
    priority: int = 0
    features: tuple[str, ...] = ()
    seconds: float = SECONDS

    @property
    def templates(self) -> tuple[str, ...]:
        """Templates that have to be there."""
        return tuple(name for name in (self.template, self.wrapper) if name)


REPLACEMENTS: ExtensionPoint[Replacement] = ExtensionPoint("replacement", lower_first=True)
SECTIONS: Registry[str] = Registry("section")


def section(section_id: str, description: str) -> str:
    """Declare a section: `{% section "<id>" %}…{% endsection %}` stands in a page's template."""
    SECTIONS.add(section_id, description)
    return section_id


section("backoffice.start.modules", "the start page, what modules there are")
section("backoffice.start.changes", "the start page, the reader's latest changes")


def replacement(declared: Replacement) -> Replacement:
    """Register a replacement. Raises ValueError for an unknown kind of handle, and for one that does nothing."""
    if not declared.handle.startswith(KINDS):
        raise ValueError(f"{declared.handle!r} is no handle: {', '.join(KINDS)}")
    if not declared.templates and declared.context is None:
        raise ValueError(f"{declared.id} replaces nothing")
    return REPLACEMENTS.add(declared.id, declared)


def replacements_of(handle: str) -> list[Replacement]:
    """What is applied to the handle for the open scope's actor, in its order."""
    if not len(REPLACEMENTS):
        return []
    return [item for item in REPLACEMENTS.open() if fnmatchcase(handle, item.handle)]


def replaced(response: TemplateResponse, handles: Sequence[str]) -> None:
    """Have a page that is not drawn yet drawn as the replacements of its handles say."""
    chosen = [item for handle in handles for item in replacements_of(handle)]
    if not chosen:
        return
    chain: list[Any] = [response.template_name]
    context: dict[str, Any] = dict(response.context_data or {})
    for item in chosen:
        context |= changed(item, context)
        if item.template:
            chain = [item.template]
        if item.wrapper:
            chain.append(item.wrapper)
    inner = iter([*reversed(chain[1:-1]), _first_of(chain[0])])  # not asked for without a wrapper
    # A template asks for what it extends once: each wrapper is given the next one inside it.
    response.context_data = {**context, WRAPPED: inner.__next__}
    response.template_name = chain[-1]


def _first_of(names: Any) -> Any:
    """The template that a page names: `extends` takes no list of them."""
    return select_template(names) if isinstance(names, list | tuple) else names


def changed(item: Replacement, context: Variables) -> Variables:
    """What the replacement makes of the variables; nothing where it fails, which is logged."""
    change = item.context
    if change is None:
        return {}
    try:
        with room() as place:
            return dict(place.run(item.id, lambda: change(dict(context)), seconds=item.seconds))
    except Exception:
        logger.exception("replacement failed", extra={"extension": item.id})
        return {}
