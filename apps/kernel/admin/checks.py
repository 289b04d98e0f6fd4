"""System checks of back office pages: what a page declares must fit its commands."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.contrib.admin.checks import ModelAdminChecks
from django.contrib.admin.utils import flatten_fieldsets
from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from unfold.checks import UnfoldModelAdminChecks

from apps.kernel.admin.access import AnyCommand
from apps.kernel.registry.features import is_declared

if TYPE_CHECKING:
    ThemedChecks = ModelAdminChecks
else:
    ThemedChecks = UnfoldModelAdminChecks


class CommandAdminChecks(ThemedChecks):
    """The theme's checks and ours."""

    def check(self, admin_obj: Any, **kwargs: Any) -> list[CheckMessage]:
        """Judge one page."""
        return [*super().check(admin_obj, **kwargs), *_features(admin_obj), *_inputs(admin_obj), *_writes(admin_obj)]


def _features(page: Any) -> Iterator[CheckMessage]:
    for name in ("view_feature", "manage_feature"):
        feature = getattr(page, name)
        if feature and not is_declared(feature):
            yield _error(page, f"{name} {feature!r} is declared nowhere", "backoffice.E001")
    if not page.view_feature:
        yield _error(page, "view_feature is missing, so nobody would ever see the page", "backoffice.E001")


def _inputs(page: Any) -> Iterator[CheckMessage]:
    """A form field that the command does not take would be an error at the first save.

    Pages that work their fields out at each request are left to their tests.
    """
    if any(_overrides(page, name) for name in ("command_input", "get_fields", "get_fieldsets", "get_form")):
        return
    for change, name in ((False, "create_command"), (True, "update_command")):
        command: AnyCommand | None = getattr(page, name)
        if command is None:
            continue
        unknown = [item for item in _given(page, change=change) if not _takes(command, item)]
        if unknown:
            text = f"{name} ({command.spec.id}) does not take {', '.join(unknown)}, which the form would pass"
            yield _error(page, text, "backoffice.E002")


def _writes(page: Any) -> Iterator[CheckMessage]:
    if page.list_editable:
        yield _error(page, "list_editable saves rows past the commands", "backoffice.E003")
    if page.actions_submit_line:
        yield _error(page, "actions_submit_line is not run; declare buttons", "backoffice.E003")


def _given(page: Any, *, change: bool) -> list[str]:
    fixed = _form_names(page, change=change)
    names = [_keyword(page.model, name) for name in fixed if name not in page.readonly_fields]
    inlines = [item(page.model, page.admin_site) for item in page.inlines]
    return [name for name in names if name] + [item.argument for item in inlines if item.argument]


def _form_names(page: Any, *, change: bool) -> list[str]:
    add_fieldsets = getattr(page, "add_fieldsets", ())
    if not change and add_fieldsets:
        return flatten_fieldsets(add_fieldsets)
    if page.fieldsets:
        return flatten_fieldsets(page.fieldsets)
    if page.fields:
        return flatten_fieldsets([(None, {"fields": page.fields})])
    return [item.name for item in page.model._meta.concrete_fields if item.editable]


def _keyword(model: type[models.Model], name: str) -> str:
    try:
        field: Any = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    if not field.editable:
        return ""
    return str(field.attname) if isinstance(field, models.ForeignKey) else name


def _takes(command: AnyCommand, name: str) -> bool:
    parameters = command.spec.signature.parameters.values()
    return any(item.name == name or item.kind is inspect.Parameter.VAR_KEYWORD for item in parameters)


def _overrides(page: Any, method: str) -> bool:
    home = getattr(type(page), method).__module__
    return not home.startswith(("apps.kernel.admin.", "unfold.", "django."))


def _error(page: Any, complaint: str, check_id: str) -> CheckMessage:
    return Error(f"{type(page).__module__}.{type(page).__name__}: {complaint}.", obj=type(page), id=check_id)
