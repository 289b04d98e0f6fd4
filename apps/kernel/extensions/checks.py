"""System checks of extensions: ids in settings, features, spots and templates that exist."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from inspect import signature
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

from apps.kernel.commands import guards  # noqa: F401 - declares an extension point
from apps.kernel.eventbus.subscribing import SUBSCRIBERS
from apps.kernel.extensions import (  # noqa: F401 - each declares an extension point
    actions,
    badges,
    dashboards,
    enrichers,
    interceptors,
    menu,
    palette,
    tabs,
    timelines,
)
from apps.kernel.extensions.entities import EXTENSIONS, faults_of
from apps.kernel.extensions.fields import FORM_FIELDS, FormField, FormFields, Kind
from apps.kernel.extensions.figures import FIGURES, Figures
from apps.kernel.extensions.replacing import REPLACEMENTS, SECTIONS
from apps.kernel.extensions.spot_ids import is_offered, waits_for
from apps.kernel.extensions.spots import WIDGETS, Widget
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.registry.features import is_declared
from apps.kernel.registry.points import POINTS, BadOverride, Extension, is_essential, replacement
from apps.kernel.services import names


@register()
def check_extensions(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every extension can do what it declares, and every id that the settings name is one."""
    widgets = (message for item in WIDGETS.values() for message in judge_widget(item))
    counted = (message for item in FIGURES.values() for message in judge_figures(item))
    return [
        *_settings(),
        *_ids(),
        *_features(),
        *widgets,
        *_added(),
        *_menus(),
        *_replacements(),
        *_services(),
        *counted,
    ]


def declared() -> dict[str, Extension]:
    """Every declared extension by its id."""
    return {entry.id: entry for point in POINTS.values() for entry in point.everything()}


def _settings() -> Iterator[CheckMessage]:
    known = declared()
    # Subscribers can be switched off as well, and not replaced.
    disabled = [extension for extension in settings.EXTENSIONS_DISABLED if extension not in SUBSCRIBERS]
    named = [*disabled, *settings.EXTENSION_OVERRIDES]
    for extension in named:
        entry = known.get(extension)
        if entry is None:
            # A warning: settings may name what belongs to a module that this process leaves out.
            hint = "manage.py extensions lists them."
            yield Warning(f"The settings name {extension!r}, which is no extension.", hint=hint, id="kernel.W040")
        elif is_essential(entry):
            yield Error(f"{extension!r} can be neither switched off nor replaced.", id="kernel.E040")
    for extension, path in settings.EXTENSION_OVERRIDES.items():
        if (entry := known.get(extension)) is not None:
            yield from _override(entry, path)


def _override(entry: Extension, path: str) -> Iterator[CheckMessage]:
    try:
        replacement(entry, path)
    except (ImportError, BadOverride) as error:
        yield Error(f"EXTENSION_OVERRIDES for {entry.id!r}: {error}.", id="kernel.E041")


def _ids() -> Iterator[CheckMessage]:
    """Settings name an id without its kind, so it belongs to one kind only."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for point in POINTS.values():
        for entry in point.everything():
            kinds[entry.id].append(point.kind)
    for extension, found in kinds.items():
        if len(found) > 1:
            yield Error(f"{extension!r} is declared more than once: as {', '.join(found)}.", id="kernel.E045")


def _features() -> Iterator[CheckMessage]:
    for extension, entry in declared().items():
        for feature in entry.features:
            if not is_declared(feature):
                yield Error(f"{extension!r} asks for the undeclared feature {feature!r}.", id="kernel.E042")


def judge_widget(item: Widget) -> Iterator[CheckMessage]:
    """What is wrong with one widget."""
    if not is_offered(item.spot) and (module := waits_for(item.spot)):
        hint = f"Pages of the module {module!r} will have it."
        yield Warning(f"The widget {item.id!r} waits: no page draws {item.spot!r} yet.", hint=hint, id="kernel.W043")
    elif not is_offered(item.spot):
        yield Error(f"The widget {item.id!r} stands in {item.spot!r}, which no page has.", id="kernel.E043")
    yield from _loaded(item.id, item.template)


def _loaded(extension: str, template: str) -> Iterator[CheckMessage]:
    try:
        get_template(template)
    except (TemplateDoesNotExist, TemplateSyntaxError) as error:
        yield Error(f"A template of {extension!r} cannot be loaded: {error}.", id="kernel.E044")


def judge_figures(item: Figures) -> Iterator[CheckMessage]:
    """What is wrong with what may be counted of one kind of record; kinds that are not installed are left alone."""
    entity = ENTITIES.get(item.entity)
    known: Mapping[str, Any] = entity.model._meta._forward_fields_map if entity is not None else {}  # type: ignore[attr-defined]
    named = {*item.measures, *item.groups, *item.dates, *item.filters, *item.money, *item.money.values()}
    for name in sorted(named - set(known)) if entity is not None else ():
        yield Error(f"The figures {item.id!r} name {name!r}, which is no field of {item.entity!r}.", id="kernel.E056")


def _replacements() -> Iterator[CheckMessage]:
    for item in REPLACEMENTS.values():
        for template in item.templates:
            yield from _loaded(item.id, template)
        kind, _colon, name = item.handle.partition(":")
        if kind == "section" and not any(fnmatchcase(known, name) for known in SECTIONS):
            yield Error(f"The replacement {item.id!r} names {item.handle!r}, which no page has.", id="kernel.E054")


def _added() -> Iterator[CheckMessage]:
    for item in FORM_FIELDS.values():
        yield from judge_fields(item)
    for extension in EXTENSIONS.values():
        for fault in faults_of(extension):
            yield Error(f"The entity extension {extension.id!r} cannot work: {fault}.", id="kernel.E053")


def judge_fields(item: FormFields) -> Iterator[CheckMessage]:
    """What is wrong with fields that a module adds to forms."""
    taken = set(signature(item.save.spec.function).parameters)
    names = [field.name for field in item.fields]
    faults = [f"the command takes no {name!r}" for name in names if name not in taken]
    faults += [f"the field {name!r} is declared twice" for name in set(names) if names.count(name) > 1]
    faults += [
        f"the rule of {field.name!r} names {field.visible_when.field!r}, which is in no such form"
        for field in item.fields
        if field.visible_when and field.visible_when.field not in {*names, *_form_names(item)}
    ]
    faults += [f"the field {field.name!r} has no `make`" for field in item.fields if _lacks_input(field)]
    for fault in faults:
        yield Error(f"The form fields {item.id!r} cannot work: {fault}.", id="kernel.E052")


def _lacks_input(field: FormField) -> bool:
    return field.kind is Kind.CUSTOM and field.make is None


def _form_names(item: FormFields) -> set[str]:
    """Names of fields of the kinds that have the fields."""
    kinds = [entity.model for entity in ENTITIES.values() if item.concerns(entity.id)]
    return {field.name for model in kinds for field in model._meta.get_fields()}


def _menus() -> Iterator[CheckMessage]:
    for item in menu.MENU.values():
        if item.menu in menu.PENDING:
            hint = "Pages of the portal will have it."
            yield Warning(
                f"The menu item {item.id!r} waits: no page draws {item.menu!r} yet.", hint=hint, id="kernel.W043"
            )
        elif item.menu not in menu.MENUS:
            yield Error(f"The menu item {item.id!r} stands in {item.menu!r}, which is no menu.", id="kernel.E043")


def _services() -> Iterator[CheckMessage]:
    for name in settings.SERVICE_OVERRIDES:
        if name not in names():
            hint = f"There are: {', '.join(sorted(names()))}."
            yield Warning(f"SERVICE_OVERRIDES names {name!r}, which is no service.", hint=hint, id="kernel.W055")
