"""Two people changed the same record: what is stored, what you entered, and the choice for each field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse

from apps.kernel.admin.customs import PREFIX, entered_text
from apps.kernel.admin.frames import record_frame
from apps.kernel.admin.inputs import EXPECTED_VERSION, stated_version
from apps.kernel.admin.labels import Labels, labels_of
from apps.kernel.admin.wording import value_text
from apps.kernel.commands.models import Action, RowImage
from apps.kernel.customs import FieldDefinitions
from apps.kernel.errors import StaleVersion
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope

NOT_ECHOED = frozenset({"csrfmiddlewaretoken", EXPECTED_VERSION})
MOST_IMAGES = 100


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """One field whose stored value differs from the entered one; `choice` is what is proposed.

    `changed_by` is the action that gave it the stored value since the form was opened, None where nobody did.
    """

    name: str
    label: str
    before: str
    theirs: str
    yours: str
    choice: str  # `theirs` or `yours`
    changed_by: Action | None = None


def conflict_page(page: Any, request: HttpRequest, object_id: str | None, error: StaleVersion) -> TemplateResponse:
    """The page that shows both values, with status 412; it posts the same input back with today's version."""
    record = page.get_object(request, unquote(object_id or ""))
    if record is None:
        raise Http404
    names = flatten_fieldsets(page.get_fieldsets(request, record))
    form_class = page.get_form(request, record, change=True, fields=names)
    theirs = {name: item.value() for name, item in _bound(form_class(instance=record)).items()}
    yours = form_class(request.POST, request.FILES, instance=page.get_object(request, unquote(object_id or "")))
    yours.is_valid()
    later = _images_since(record.pk, stated_version(request))
    changes = _Changes(later, Action.objects.in_bulk({image.action_id for image in later}))
    context = {
        **record_frame(page.admin_site, request, record, page.opts.verbose_name),
        "conflicts": _conflicts(page, yours, theirs, changes, labels_of(request)),
        "others": changes.latest(),
        "is_own": changes.are_own(),
        "current_version": error.context.get("current_version", getattr(record, "version", "")),
        "echo": _echo(request, yours),
    }
    return TemplateResponse(request, "admin/version_conflict.html", context, status=412)


def _echo(request: HttpRequest, form: Any) -> list[tuple[str, str]]:
    """The input once more, for hidden fields; what was typed unseen has to be typed again."""
    secret = {name for name, field in form.fields.items() if getattr(field.widget, "input_type", "") == "password"}
    left_out = NOT_ECHOED | secret
    return [
        (name, item)
        for name, items in request.POST.lists()
        for item in items
        if name not in left_out and not name.startswith("keep-")
    ]


def _bound(form: Any) -> dict[str, Any]:
    return {item.name: item for item in form if not item.is_hidden}


def _images_since(record_id: Any, version: int | None) -> list[RowImage]:
    """Updates of the record since the version that the user saw, oldest first."""
    if version is None:
        return []
    images = RowImage.objects.filter(row_id=record_id, operation="U").order_by("-seq")[:MOST_IMAGES]
    since = [image for image in images if image.before and (image.before.get("version") or 0) >= version]
    return since[::-1]


@dataclass(frozen=True, slots=True)
class _Changes:
    """What became of the record since the form was opened: its images, oldest first, and their actions by id."""

    images: list[RowImage]
    actions: dict[Any, Action]

    def latest(self) -> list[Action]:
        """The latest few actions, newest first."""
        return sorted(self.actions.values(), key=lambda action: action.pk, reverse=True)[:5]

    def are_own(self) -> bool:
        """Say whether the reader made all of them, in another window perhaps."""
        own = current_scope().actor.id
        return bool(self.actions) and all(action.actor_id == own for action in self.actions.values())

    def of(self, column: str, key: str = "") -> Action | None:
        """The action that changed a column last, or one of the tenant's own fields in it."""
        for image in reversed(self.images):
            before, after = (_value(facts, column, key) for facts in (image.before, image.after))
            if before != after:
                return self.actions.get(image.action_id)
        return None


def _value(facts: Any, column: str, key: str) -> Any:
    found = (facts or {}).get(column)
    return found.get(key) if key and isinstance(found, dict) else found


def _conflicts(page: Any, yours: Any, theirs: dict[str, Any], changes: _Changes, labels: Labels) -> list[FieldConflict]:
    later = changes.images
    base = later[0].before if later and later[0].before else {}
    customs = _Customs(page.opts.model, base, labels, changes)
    fields = {item.name: item for item in page.opts.get_fields() if hasattr(item, "attname")}
    found = []
    for name, item in _bound(yours).items():
        if name in getattr(yours, "custom_names", ()):
            found += customs.conflict(yours, item, theirs.get(name))
            continue
        field = fields.get(name)
        mine = yours.cleaned_data.get(name, item.value())
        stored = theirs.get(name)
        before = value_text(field, base.get(getattr(field, "column", "")), labels)
        entered = value_text(field, mine, labels)
        if item.field.has_changed(stored, _raw(yours, item)):
            choice = "theirs" if base and before == entered else "yours"
            texts = (before, value_text(field, stored, labels), entered)
            changed_by = changes.of(str(getattr(field, "column", "")))
            found.append(FieldConflict(name, str(item.label), *texts, choice, changed_by))
    return found


class _Customs:
    """Custom fields that differ; what stood there when the user opened the form comes from the record's images."""

    def __init__(self, model: Any, base: Any, labels: Labels, changes: _Changes) -> None:
        self.labels, self.base, self.changes, self.before = labels, base, changes, {}
        if base and "custom" in base:
            self.before = service(FieldDefinitions).form_fields(str(model.entity_id), base["custom"])

    def conflict(self, yours: Any, item: Any, stored: Any) -> list[FieldConflict]:
        """The field, if what is stored is not what was entered."""
        raw = _raw(yours, item)
        if not item.field.has_changed(stored, raw):
            return []
        former = self.before.get(item.name.removeprefix(PREFIX))
        untouched = former is not None and not former.has_changed(former.initial, raw)
        mine = yours.cleaned_data.get(item.name, item.value())
        before, theirs, entered = (
            entered_text(item.field, value, self.labels) for value in (former.initial if former else None, stored, mine)
        )
        choice = "theirs" if untouched else "yours"
        changed_by = self.changes.of("custom", item.name.removeprefix(PREFIX))
        return [FieldConflict(item.name, str(item.label), before, theirs, entered, choice, changed_by)]


def _raw(form: Any, item: Any) -> Any:
    return item.field.widget.value_from_datadict(form.data, form.files, form.add_prefix(item.name))
