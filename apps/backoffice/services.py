"""Writes of saved views: keeping, changing, choosing what a list opens with, giving to roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from apps.backoffice.calculations import as_json, complaints_about
from apps.backoffice.errors import NobodyKeeps, ViewNotYours
from apps.backoffice.features import ROLE_DEFAULTS, SHARE, USE
from apps.backoffice.models import LIVING, Owner, SavedView
from apps.backoffice.selectors import may_change, may_default, visible_views
from apps.kernel.admin.arranging import CONDITION
from apps.kernel.admin.conditions import complaints_of_list
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import COMMANDS, command
from apps.kernel.commands.errors import Duplicate
from apps.kernel.commands.executor import execute
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import check_version, hold_lock, hold_locks, keep_pointers_out, load_living
from apps.kernel.commands.running import about
from apps.kernel.errors import FeatureRequired, FieldError, RowNotFound
from apps.kernel.ids import uuid7
from apps.kernel.references.validation import demand_targets
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import Scope, current_scope

FIELDS = ("name", "is_pinned", "is_linked")
MOST_ROLES = 100
EXACT: Final = msgspec.json.Encoder(decimal_format="number")
NEW_ROLE = "auth.role.create"


def _new_view(scope: Scope) -> dict[str, Any]:
    # The house itself keeps nothing: where nobody in particular acts, the view is a role's.
    role = {} if scope.actor.id is not None else {"role_id": _some_role(scope)}
    return {
        **role,
        "list": SavedView.entity_id,
        "name": f"Pinned {uuid7().hex[-8:]}",
        "settings": {"columns": ["name", "is_pinned"], "page_size": 20},
        "is_pinned": True,
    }


def _some_view(scope: Scope) -> dict[str, Any]:
    return {"view_id": create_view(**_new_view(scope)).pk}


def _changed_view(scope: Scope) -> dict[str, Any]:
    return {**_some_view(scope), "name": f"Mine {uuid7().hex[-8:]}", "is_pinned": False}


def _default_view(scope: Scope) -> dict[str, Any]:
    given = _some_view(scope)
    set_default_view(given["view_id"])
    return given


def _shared_view(scope: Scope) -> dict[str, Any]:
    return {**_some_view(scope), "role_ids": [_some_role(scope)]}


def _some_role(scope: Scope) -> UUID:
    made = COMMANDS[NEW_ROLE]
    return UUID(str(execute(made, (), dict(made.example(scope)) if made.example is not None else {}).pk))


@command("backoffice.view.create", feature=USE, example=_new_view)
def create_view(
    *,
    list: str,
    name: str,
    settings: Mapping[str, Any],
    role_id: UUID | None = None,
    is_default: bool = False,
    is_pinned: bool = False,
    is_linked: bool = False,
) -> SavedView:
    """Keep a way to show a list, as the actor's own or, for whoever gives views to roles, as a role's.

    Raises InvalidInput with every complaint about name, list and settings, Duplicate, NobodyKeeps, FeatureRequired.
    """
    kept = as_json(settings)
    view = SavedView(list=list, name=name.strip(), settings=kept if isinstance(kept, dict) else {})
    view.owner_kind = Owner.USER if role_id is None else Owner.ROLE
    owner: Any = role_id or current_scope().actor.id
    view.owner_id = owner
    view.is_pinned, view.is_linked = is_pinned, is_linked
    _demand_owner(view, also_default=is_default)
    demand_targets([("role_id", "auth.role", role_id)] if role_id is not None else ())
    hold_lock(_lock(view))
    demand_valid(view, FIELDS, more=[*_list_complaints(list), *_complaints(list, settings)])
    _demand_free(view)
    if is_default:
        _clear_defaults(view)
    view.is_default = is_default
    view.save(force_insert=True)
    return view


@command("backoffice.view.update", feature=USE, example=_changed_view)
def update_view(
    view_id: UUID,
    *,
    name: str | None = None,
    settings: Mapping[str, Any] | None = None,
    is_pinned: bool | None = None,
    is_linked: bool | None = None,
) -> SavedView:
    """Change what is given; None leaves a field as it is.

    Raises RowNotFound, ViewNotYours, FeatureRequired for a role's, InvalidInput, Duplicate.
    """
    view = _changeable(view_id)
    given = {"name": name.strip() if name is not None else None, "is_pinned": is_pinned, "is_linked": is_linked}
    changes: dict[str, Any] = {field: value for field, value in given.items() if value is not None}
    if settings is not None:
        changes["settings"] = as_json(settings)
    changes = {field: value for field, value in changes.items() if value != getattr(view, field)}
    complaints = _complaints(view.list, settings) if "settings" in changes else []
    for field, value in changes.items():
        setattr(view, field, value)
    demand_valid(view, FIELDS, more=complaints)
    if "name" in changes:
        _demand_free(view)
    view.save(update_fields=[*changes, "version"])
    return view


@command("backoffice.view.delete", feature=USE, example=_some_view)
def delete_view(view_id: UUID) -> SavedView:
    """Hide a view; a list that opened with it opens as its page declares it. Raises like `update_view`, InUse."""
    view = _changeable(view_id)
    _demand_owner(view, also_default=view.is_default)
    keep_pointers_out(view)
    hide(view)
    return view


@command("backoffice.view.set_default", feature=USE, example=_some_view)
def set_default_view(view_id: UUID) -> SavedView:
    """Let the list open with the view, for its user or its role. Raises like `update_view`."""
    view = _changeable(view_id)
    _demand_owner(view, also_default=True)
    if not view.is_default:
        _clear_defaults(view)
        view.is_default = True
        view.save(update_fields=["is_default", "version"])
    return view


@command("backoffice.view.clear_default", feature=USE, example=_default_view)
def clear_default_view(view_id: UUID) -> SavedView:
    """Let the list open with the view no longer. Raises like `update_view`."""
    view = _changeable(view_id)
    _demand_owner(view, also_default=True)
    if view.is_default:
        view.is_default = False
        view.save(update_fields=["is_default", "version"])
    return view


@command("backoffice.view.share", feature=SHARE, example=_shared_view)
def share_view(view_id: UUID, *, role_ids: Sequence[UUID]) -> SavedView:
    """Give roles the view as it is now: each gets one of its own, and one of this name takes the new settings.

    Raises RowNotFound, InvalidInput on `role_ids`.
    """
    view = visible_views().filter(pk=view_id).first()
    if view is None:
        raise RowNotFound
    check_version(view)
    about(view)
    roles = sorted(set(role_ids))
    if not 0 < len(roles) <= MOST_ROLES:
        text = _("Choose between one and {most} roles.").format(most=MOST_ROLES)
        demand_valid(view, (), more=[FieldError("role_ids", "invalid", text)])
    demand_targets([("role_ids", "auth.role", role_id) for role_id in roles])
    hold_locks(_lock(SavedView(list=view.list, owner_id=role_id)) for role_id in roles)
    there = SavedView.objects.select_for_update(no_key=True, of=("self",)).order_by("pk")
    known = {item.owner_id: item for item in there.filter(LIVING, owner_id__in=roles, list=view.list, name=view.name)}
    for role_id in roles:
        _give(view, known.get(role_id) or SavedView(name=view.name, owner_kind=Owner.ROLE, owner_id=role_id))
    return view


def _give(view: SavedView, own: SavedView) -> None:
    if own.pk == view.pk:
        return
    if own._state.adding:
        own.list, own.settings, own.is_pinned = view.list, view.settings, view.is_pinned
        own.save(force_insert=True)
    elif own.settings != view.settings:
        own.settings = view.settings
        own.save(update_fields=["settings", "version"])


def _changeable(view_id: UUID) -> SavedView:
    """The living view, locked behind the lock of its owner. Raises RowNotFound, ViewNotYours, FeatureRequired."""
    found = visible_views().filter(pk=view_id).first()
    if found is None:
        raise RowNotFound
    hold_lock(_lock(found))
    view = load_living(SavedView, view_id)
    _demand_owner(view)
    return view


def _demand_owner(view: SavedView, *, also_default: bool = False) -> None:
    actor = current_scope().actor
    if view.owner_id is None:
        raise NobodyKeeps
    if not may_change(actor, view.owner_kind, view.owner_id):
        raise FeatureRequired(feature=SHARE) if view.owner_kind == Owner.ROLE else ViewNotYours(name=view.name)
    if also_default and not may_default(actor, view.owner_kind):
        raise FeatureRequired(feature=ROLE_DEFAULTS)


def _lock(view: SavedView) -> str:
    return f"views of {view.owner_id} for {view.list}"


def _same_owner(view: SavedView) -> Any:
    return SavedView.objects.filter(LIVING, owner_id=view.owner_id, list=view.list).exclude(pk=view.pk)


def _clear_defaults(view: SavedView) -> None:
    for other in _same_owner(view).filter(is_default=True).select_for_update(no_key=True, of=("self",)):
        other.is_default = False
        other.save(update_fields=["is_default", "version"])


def _demand_free(view: SavedView) -> None:
    if _same_owner(view).filter(name=view.name).exists():
        text = _("There is a view of this name already.")
        raise Duplicate(errors=(FieldError("name", Duplicate.code, text),), fields="name")


def _list_complaints(name: str) -> Iterable[FieldError]:
    if name not in ENTITIES:
        yield FieldError("list", "backoffice.view.unknown_list", _("There is no such list."))


def _complaints(name: str, settings: Any) -> list[FieldError]:
    """What is wrong with settings as they were given: a number that JSON would round is refused, not kept rounded."""
    found = complaints_about(settings)
    tree = settings.get(CONDITION) if isinstance(settings, Mapping) else None
    if found or tree is None:
        return found
    text = EXACT.encode(tree).decode()
    return [FieldError(f"settings.{item.field}", item.code, item.message) for item in complaints_of_list(name, text)]
