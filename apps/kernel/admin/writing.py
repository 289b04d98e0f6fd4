"""Saving and deleting through commands, with the refusals of commands shown where people can mend them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse

from apps.kernel.admin.access import AnyCommand, FeatureGuarded
from apps.kernel.admin.added import AddedForms
from apps.kernel.admin.conflicts import conflict_page
from apps.kernel.admin.customs import CustomForms, split
from apps.kernel.admin.forms import CommandForm, is_form_error
from apps.kernel.admin.inputs import EXPECTED_VERSION, field_input, rows_input
from apps.kernel.admin.places import OPENED_IN, place_of_new, refusal_of_place
from apps.kernel.admin.readings import ReadForms
from apps.kernel.commands.invocation import Source, invoked
from apps.kernel.errors import PlatformError, RowNotFound, StaleVersion
from apps.kernel.references.fields import absent_references

if TYPE_CHECKING:
    DjangoAdmin = admin.ModelAdmin[Any]
else:
    DjangoAdmin = admin.ModelAdmin

REFUSAL = "agora_refusal"
Companions = tuple[Callable[[Any], None], ...]


def run(
    command: AnyCommand,
    *args: Any,
    expected_version: int | None = None,
    companions: Companions = (),
    **kwargs: Any,
) -> Any:
    """Run a command as the back office; `expected_version` is what the user saw, None where nothing was shown."""
    with invoked(source=Source.ADMIN, expected_version=expected_version, companions=companions):
        return command(*args, **kwargs)


class WithoutDjangosWrites(DjangoAdmin):
    """Django's own transactions and log are taken out: a command owns its transaction and writes the history.

    Stands below the theme's classes and above Django's in the order of resolution.
    """

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        """Show or save a form, outside any transaction of Django's."""
        return self._changeform_view(request, object_id, form_url, extra_context)  # type: ignore[attr-defined]

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The command's action is the log."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """The command's action is the log."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """The command's action is the log."""

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> list[Any]:
        """Nothing to word for a log that is not kept."""
        return []

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Nothing: the record and its rows are written together, in save_related."""

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Nothing: rows go to the record's command."""

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        """A missing and a foreign record are the same page of status 404."""
        raise Http404

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Refuse: deletion has a page of its own that runs the command."""
        raise ImproperlyConfigured("records are deleted by delete_command only")

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Refuse: selected rows are deleted by the command."""
        raise ImproperlyConfigured("records are deleted by delete_command only")


class CommandSaving(AddedForms, CustomForms, ReadForms, FeatureGuarded):
    """Forms whose input goes to `create_command(**fields)` and `update_command(id, **fields)`.

    All editable fields are passed, foreign keys as `<name>_id`, the rows of each inline as one list under
    its `argument`. Override `command_input` where a command wants something else. `optional_fields` may stay
    empty although the model needs them: the command fills them.
    """

    model: type[models.Model]
    form: Any = CommandForm
    optional_fields: ClassVar[tuple[str, ...]] = ()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        """Show or save a form; a refusal by the command shows the form again with what it said."""
        parent: Any = super()
        here = place_of_new(self, object_id)
        extra_context = {OPENED_IN: here, **(extra_context or {})}
        setattr(request, REFUSAL, refusal_of_place(request, here))
        try:
            response: HttpResponse = parent.changeform_view(request, object_id, form_url, dict(extra_context))
        except StaleVersion as error:
            return conflict_page(self, request, object_id, error)
        except RowNotFound:
            raise Http404 from None
        except PlatformError as error:
            if not is_form_error(error):
                raise
            setattr(request, REFUSAL, error)
            response = parent.changeform_view(request, object_id, form_url, dict(extra_context))
        return response

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form class of one request."""
        parent: Any = super()
        kwargs["form"] = self.with_inputs(kwargs.get("form") or self.form, request, obj)
        form = parent.get_form(request, obj, change=change, **kwargs)
        form.refusal = getattr(request, REFUSAL, None)
        form.kept = _kept_fields(request)
        for name in self.optional_fields:
            if name in form.base_fields:
                form.base_fields[name].required = False
        return form

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Fields in the order shown, without references into modules that are not installed.

        The hidden version has its own place in the template.
        """
        parent: Any = super()
        hidden = {EXPECTED_VERSION, *absent_references(self.model)}
        return list(_without(hidden, parent.get_fields(request, obj)))

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        """The record as the form would have it; nothing is written."""
        return form.instance

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Run the record's command with the checked input; the form's record becomes what the command wrote."""
        given = self.command_input(request, form, formsets)
        given["companions"] = self.companions(form, change=change)
        if change:
            expected = form.cleaned_data.get(EXPECTED_VERSION)
            result = run(_demand(self.update_command), form.instance.pk, expected_version=expected, **given)
        else:
            result = run(_demand(self.create_command), **given)
        if isinstance(result, self.model):
            form.instance.__dict__.update(result.__dict__)

    def command_input(self, request: HttpRequest, form: Any, formsets: Any) -> dict[str, Any]:
        """Keyword arguments for the command."""
        given = split(field_input(form, self.model), form, is_new=form.instance._state.adding)
        for formset in formsets:
            given[formset.argument] = rows_input(formset)
        return given


def _without(hidden: set[str], names: Iterable[Any]) -> Iterator[Any]:
    """The names that are not hidden, in the lines in which they stand."""
    for item in names:
        if isinstance(item, str):
            yield from () if item in hidden else (item,)
        elif line := tuple(name for name in item if name not in hidden):
            yield line


def _kept_fields(request: HttpRequest) -> frozenset[str]:
    """Fields for which the conflict page was told to keep the stored value."""
    choices = {key.removeprefix("keep-"): value for key, value in request.POST.items() if key.startswith("keep-")}
    return frozenset(name for name, choice in choices.items() if choice == "theirs")


def _demand(command: AnyCommand | None) -> AnyCommand:
    if command is None:
        raise ImproperlyConfigured("the page has no command for this")
    return command
