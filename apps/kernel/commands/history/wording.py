"""Values, commands and rows in the words of people."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.commands.history.labels import RecordLabels, target_of
from apps.kernel.commands.models import Action
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.registry.modules import modules

ROOMS = frozenset({"kernel", "access"})  # what the kernel's own commands begin with
NOTHING = "—"
MASK = "••••••"
LONGEST = 300
VERBS: dict[str, Promise] = {
    "create": gettext_lazy("Created"),
    "update": gettext_lazy("Changed"),
    "delete": gettext_lazy("Deleted"),
    "undo": gettext_lazy("Undid a change"),
    "rename": gettext_lazy("Renamed"),
    "move": gettext_lazy("Moved"),
    "activate": gettext_lazy("Activated"),
    "deactivate": gettext_lazy("Deactivated"),
    "restore": gettext_lazy("Restored"),
    "confirm": gettext_lazy("Confirmed"),
    "cancel": gettext_lazy("Cancelled"),
    "import": gettext_lazy("Imported"),
    "import_for_good": gettext_lazy("Imported for good"),
    "import_more": gettext_lazy("Imported more"),
    "enter": gettext_lazy("Entered"),
    "bulk": gettext_lazy("Changed many"),
    "bulk_for_good": gettext_lazy("Changed many for good"),
    "start_bulk": gettext_lazy("Asked for a change of many"),
    "start_many": gettext_lazy("Asked for a change of many"),
    "export": gettext_lazy("Exported"),
    "start_export": gettext_lazy("Asked for an export"),
    "start_list_export": gettext_lazy("Asked for an export"),
    "grant": gettext_lazy("Granted"),
    "revoke": gettext_lazy("Revoked"),
    "rotate": gettext_lazy("Gave a new secret"),
    "set_acl": gettext_lazy("Set permissions"),
    "set_roles": gettext_lazy("Set roles"),
    "set_password": gettext_lazy("Set the password"),
    "change_password": gettext_lazy("Changed the own password"),
    "reset_password": gettext_lazy("Set a forgotten password anew"),
    "rehash_password": gettext_lazy("Secured the stored password anew"),
    "end": gettext_lazy("Ended"),
    "end_sessions": gettext_lazy("Signed out everywhere"),
    "sync_defaults": gettext_lazy("Granted what is new"),
    "add_from_master": gettext_lazy("Added from the list"),
    "set_base": gettext_lazy("Made the base"),
    "suspend": gettext_lazy("Suspended"),
    "reactivate": gettext_lazy("Opened again"),
    "retry": gettext_lazy("Tried again"),
    "retry_many": gettext_lazy("Tried many again"),
    "remove": gettext_lazy("Removed"),
    "set": gettext_lazy("Set"),
    "set_up": gettext_lazy("Set up"),
    "load": gettext_lazy("Loaded"),
    "arrange": gettext_lazy("Arranged"),
    "copy": gettext_lazy("Copied"),
    "share": gettext_lazy("Shared"),
    "choose": gettext_lazy("Chosen for the start page"),
    "adopt": gettext_lazy("Made one's own"),
    "set_role_defaults": gettext_lazy("Set start pages of roles"),
    "add_widget": gettext_lazy("Added a widget"),
    "set_widget": gettext_lazy("Changed a widget"),
    "move_widget": gettext_lazy("Moved a widget"),
    "remove_widget": gettext_lazy("Took a widget off"),
    "log_in": gettext_lazy("Logged in"),
    "fail_to_log_in": gettext_lazy("Failed to log in"),
    "lock": gettext_lazy("Locked"),
    "reencrypt": gettext_lazy("Encrypted anew"),
    "replay": gettext_lazy("Sent again"),
    "replay_many": gettext_lazy("Sent many again"),
    "skip": gettext_lazy("Skipped"),
    "say": gettext_lazy("Sent a notification"),
    "set_default": gettext_lazy("Made the default"),
    "clear_default": gettext_lazy("Took the default back"),
    "reorder": gettext_lazy("Put into another order"),
    "merge": gettext_lazy("Merged"),
    "purge": gettext_lazy("Removed for good"),
    "promote": gettext_lazy("Made fast"),
    "fetch": gettext_lazy("Fetched"),
    "correct": gettext_lazy("Corrected"),
    "close": gettext_lazy("Closed"),
    "rotate_secret": gettext_lazy("Gave a new secret"),
    "reprocess": gettext_lazy("Processed again"),
    "disable": gettext_lazy("Switched off"),
    "test": gettext_lazy("Tried out"),
    "complete": gettext_lazy("Completed"),
    "reopen": gettext_lazy("Reopened"),
    "reschedule": gettext_lazy("Rescheduled"),
    "pin": gettext_lazy("Pinned"),
    "unpin": gettext_lazy("Unpinned"),
    "give_consent": gettext_lazy("Recorded a consent"),
    "withdraw_consent": gettext_lazy("Withdrew a consent"),
    "erase": gettext_lazy("Erased"),
    "assign": gettext_lazy("Assigned"),
    "unassign": gettext_lazy("Took away"),
    "convert": gettext_lazy("Converted"),
    "win": gettext_lazy("Won"),
    "lose": gettext_lazy("Lost"),
    "restrict": gettext_lazy("Restricted"),
    "unrestrict": gettext_lazy("Opened to all"),
    "unshare": gettext_lazy("No longer shared"),
    "archive": gettext_lazy("Archived"),
    "unarchive": gettext_lazy("Taken out of the archive"),
    "make_default": gettext_lazy("Made the default"),
    "rebuild": gettext_lazy("Rebuilt"),
    "replay_range": gettext_lazy("Sent a range again"),
    "migrate": gettext_lazy("Brought up to date"),
    "read": gettext_lazy("Marked as read"),
    "read_all": gettext_lazy("Marked all as read"),
    "dismiss": gettext_lazy("Dismissed"),
    "act": gettext_lazy("Ran an action"),
    "seed": gettext_lazy("Added what modules declare"),
    "claim": gettext_lazy("Attached"),
    "expire": gettext_lazy("Removed what was left over"),
    "ask": gettext_lazy("Asked for an index"),
    "record": gettext_lazy("Recorded"),
    "finish": gettext_lazy("Finished"),
    "fail": gettext_lazy("Noted a failure"),
    "request": gettext_lazy("Requested"),
    "announce": gettext_lazy("Announced"),
    "answer": gettext_lazy("Answered an invitation"),
    "follow": gettext_lazy("Began to follow"),
    "unfollow": gettext_lazy("Ended following"),
    "complete_occurrence": gettext_lazy("Completed one of a series"),
    "cancel_occurrence": gettext_lazy("Cancelled one of a series"),
    "move_occurrence": gettext_lazy("Moved one of a series"),
    "reopen_occurrence": gettext_lazy("Reset one of a series"),
    "reorder_stages": gettext_lazy("Put the stages into another order"),
    "add": gettext_lazy("Added"),
    "reorder_products": gettext_lazy("Put the products into another order"),
    "edit_components": gettext_lazy("Changed the parts"),
    "set_relations": gettext_lazy("Set related products"),
    "set_default_media": gettext_lazy("Chose the main picture"),
    "change": gettext_lazy("Changed many"),
    "start_change": gettext_lazy("Asked for a change of many"),
    "set_tiers": gettext_lazy("Set quantity tiers"),
    "reorder_variants": gettext_lazy("Put the variants into another order"),
    "generate_variants": gettext_lazy("Generated variants"),
    "edit_variants": gettext_lazy("Changed the variants"),
}
NAMELESS = (  # columns that pages show, and whose models give them no name
    gettext_noop("expires at"),
    gettext_noop("holder"),
    gettext_noop("is pending"),
    gettext_noop("normalized label"),
    gettext_noop("normalized value"),
    gettext_noop("organization"),
    gettext_noop("path"),
    gettext_noop("role default"),
    gettext_noop("table"),
)
DOORS: dict[str, Promise] = {
    "api": gettext_lazy("REST"),
    "admin": gettext_lazy("back office"),
    "portal": gettext_lazy("portal"),
    "task": gettext_lazy("background work"),
    "workflow": gettext_lazy("workflow"),
    "import": gettext_lazy("import"),
    "system": gettext_lazy("system"),
}


def command_words(command_id: str) -> str:
    """A command in words: `currencies.currency.create` is "Created"; unknown verbs stand as they are."""
    verb = command_id.rpartition(".")[2]
    return str(VERBS[verb]) if verb in VERBS else verb.replace("_", " ").capitalize()


def door_words(source: str) -> str:
    """The door through which an action came, in words."""
    return str(DOORS.get(source, source))


def area_words(action: Action) -> str:
    """The module that an action belongs to: for what the platform does to any record, that of the record."""
    module = action.command.partition(".")[0]
    if module in ROOMS and action.resource_entity:
        module = action.resource_entity.partition(".")[0]
    return area_label(module)


def area_label(module: str) -> str:
    """A module in words, and what belongs to none."""
    return str(_("Platform")) if module in ROOMS else module_label(module)


def kind_words(entity: str, command_id: str = "") -> str:
    """The kind of record in words: the entity's label, or the name that the command's id gives it.

    What is done to a part of a record is about the record, and named after the part.
    """
    part = ENTITIES.get(command_id.rpartition(".")[0])
    if part is not None and part.is_part:
        return str(part.label)
    if entity in ENTITIES:
        return str(ENTITIES[entity].label)
    named = entity or (COMMANDS[command_id].resource if command_id in COMMANDS else command_id.rpartition(".")[0])
    return named.rpartition(".")[2].replace("_", " ")


def conflict_words(reason: str) -> str:
    """Why a row stands in the way of undo, in words; `reason` is that of a `ConflictingRow`."""
    words = {
        "changed": _("A record has been changed since."),
        "missing": _("A record has been deleted since."),
        "present": _("A deleted record is there again."),
        "known": _("Another value has become known since."),
        "referenced": _("Other records point to a record that would go."),
        "gone": _("A record that would be needed has been deleted since."),
    }
    return words[reason]


def module_label(module_id: str) -> str:
    """The module's label, or its id where it is not installed."""
    return next((str(item.manifest.label) for item in modules() if item.manifest.id == module_id), module_id)


def field_label(field: models.Field[Any, Any] | None, column: str) -> str:
    """The field's name for people; a column without one is called by the words of its name."""
    if column == "organization_id" and (field is None or field.verbose_name == "organization id"):
        return _("Organization")  # the column that every model of an organization has, and names in none
    name = str(field.verbose_name) if field is not None else column.replace("_", " ")
    return capfirst(_(name.removesuffix(" id")))


def value_text(field: models.Field[Any, Any] | None, value: Any, labels: RecordLabels) -> str:
    """A stored or cleaned value in words; `value` may also be the JSON form that row images hold."""
    if value is None or value in ("", [], {}):
        return NOTHING
    if field is None:
        return plain_text(value)
    if getattr(field, "encrypted", False):
        return MASK
    value = _typed(field, value)
    if target := target_of(field):
        return labels.text(target, getattr(value, "pk", value))
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return plain_text(value)


def _typed(field: models.Field[Any, Any], value: Any) -> Any:
    if not isinstance(value, str | int | float) or isinstance(field, models.JSONField):
        return value
    try:
        inner: Any = field.target_field if isinstance(field, models.ForeignKey) else field
        return inner.to_python(value)
    except (ValidationError, TypeError, ValueError):
        return value


def plain_text(value: Any) -> str:
    """A plain value in the language and time zone of the reader, cut when it is long."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value), "DATETIME_FORMAT") if value.tzinfo else str(value)
    if isinstance(value, date | time | Decimal):
        return str(formats.localize(value))
    if isinstance(value, dict):
        return _cut(json.dumps(value, ensure_ascii=False, default=_json_form))
    if isinstance(value, list | tuple | set | frozenset | models.QuerySet):
        return _cut(", ".join(plain_text(item) for item in list(value)[:20]))
    return _cut(str(value))


def _json_form(value: Any) -> float | str:
    return float(value) if isinstance(value, Decimal) else str(value)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
