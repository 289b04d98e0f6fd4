"""The delete page: who points to the record, and the command that deletes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from apps.kernel.admin.access import AnyCommand
from apps.kernel.admin.fields import living
from apps.kernel.admin.forms import is_form_error
from apps.kernel.admin.inputs import stated_version
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError, RowNotFound
from apps.kernel.references.fields import OnDeletion
from apps.kernel.references.usages import usages
from apps.kernel.tenancy.wall import is_walled

BELONGS = "belongs"
EFFECTS: dict[Any, str] = {
    models.CASCADE: BELONGS,
    models.PROTECT: "protect",
    models.RESTRICT: "protect",
    models.SET_NULL: "clear",
}


@dataclass(frozen=True, slots=True)
class Pointing:
    """`count` records of one kind point here. `effect`: `protect`, `clear`, `keep`, `delete` or `belongs`."""

    kind: str
    count: int
    effect: str

    @property
    def effect_words(self) -> str:
        """What happens to them, for people."""
        return {
            "protect": _("stand in the way: change or delete them first"),
            "clear": _("stay, without pointing here any more"),
            "keep": _("stay as they are"),
            BELONGS: _("belong to this record and go with it"),
            "delete": _("belong to this record and go with it"),
        }[self.effect]


def pointing_to(record: models.Model) -> list[Pointing]:
    """Who points to the record: references of other modules, and keys inside its own."""
    entity = str(getattr(record, "entity_id", ""))
    found = [
        Pointing(
            capfirst(item.kind),
            item.count,
            OnDeletion(item.on_deletion).value,
        )
        for item in (usages(entity, [record.pk]) if entity else ())
    ]
    for relation in record._meta.related_objects:
        if not is_walled(relation.related_model):
            continue
        rows: Any = relation.related_model._default_manager.filter(**{relation.field.name: record.pk})
        if count := living(rows).count():
            effect = EFFECTS.get(relation.on_delete, "protect")
            found.append(Pointing(capfirst(str(relation.related_model._meta.verbose_name_plural)), count, effect))
    return found


class CommandDeletion:
    """Deletion by `delete_command(id)`, after a page that says what it would mean."""

    delete_command: ClassVar[AnyCommand | None] = None

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        """Ask, and on POST delete by the command. Refusals stand on the page, with their status."""
        page: Any = self
        record = page.get_object(request, unquote(object_id))
        if not page.has_delete_permission(request, record):
            raise PermissionDenied
        if record is None:
            raise Http404
        if request.method != "POST":
            return self._delete_question(request, record, None)
        try:
            run(page.delete_command, record.pk, expected_version=stated_version(request))
        except RowNotFound:
            raise Http404 from None
        except PlatformError as error:
            if not is_form_error(error) and error.status != 412:
                raise
            return self._delete_question(request, record, error)
        response: HttpResponse = page.response_delete(request, str(record), record.pk)
        return response

    def _delete_question(self, request: HttpRequest, record: Any, refusal: PlatformError | None) -> TemplateResponse:
        page: Any = self
        pointing = pointing_to(record)
        context = {
            **page.admin_site.each_context(request),
            "title": _("Delete %(name)s?") % {"name": record},
            "opts": page.opts,
            "object": record,
            "object_name": str(page.opts.verbose_name),
            "pointing": pointing,
            "protected": any(item.effect == "protect" for item in pointing),
            "refusal": refusal,
            "is_popup": IS_POPUP_VAR in request.POST or IS_POPUP_VAR in request.GET,
            "preserved_filters": page.get_preserved_filters(request),
        }
        response: TemplateResponse = page.render_delete_form(request, context)
        response.status_code = refusal.status if refusal else 200
        return response

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Names and numbers of the records themselves; who points to them is not found by walking keys."""
        page: Any = self
        names = [str(item) for item in objs[:20]]
        return names, {str(page.opts.verbose_name_plural): len(objs)}, set(), []
