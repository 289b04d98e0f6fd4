"""CommandAdmin: the back office pages of one kind of record."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from unfold.admin import ModelAdmin

from apps.kernel.admin.access import AnyCommand
from apps.kernel.admin.buttons import RecordCommand, Text
from apps.kernel.admin.changelists import CommandLists
from apps.kernel.admin.checks import CommandAdminChecks
from apps.kernel.admin.deletion import CommandDeletion
from apps.kernel.admin.fields import HouseFields
from apps.kernel.admin.history import RecordHistory
from apps.kernel.admin.importing import ImportPages
from apps.kernel.admin.pressing import ButtonPages
from apps.kernel.admin.reading import NotedReads
from apps.kernel.admin.tools import ListTools
from apps.kernel.admin.writing import CommandSaving, WithoutDjangosWrites

if TYPE_CHECKING:
    ThemedAdmin = WithoutDjangosWrites
else:

    class ThemedAdmin(ModelAdmin, WithoutDjangosWrites):
        """The theme's pages on ours, which stand between them and Django's."""


class CommandAdmin(
    NotedReads,
    HouseFields,
    CommandSaving,
    CommandDeletion,
    RecordHistory,
    ButtonPages,
    ListTools,
    ImportPages,
    CommandLists,
    ThemedAdmin,
):
    """List, form, delete page and history of a TenantModel; every write is a command.

    Declare at least `view_feature` and `list_display`; each command that is left out takes its buttons away.
    Beside what Django's ModelAdmin knows:

    - `create_command(**fields)`, `update_command(id, **fields)`, `delete_command(id)`;
    - `bulk_delete_command(ids)`, None runs the delete command once for each selected record;
    - `view_feature`, `manage_feature`: who sees and who changes;
    - `inlines`: CommandTabularInline and CommandStackedInline, handed to the commands as lists;
    - `buttons`: RecordCommands of the record's page, its row and the selection;
    - `bulk_fields`: what may be changed of many records at once, None for whatever fits;
    - `restore_command(id)`, `purge_command(id)`, `trash_note`: for what was deleted;
    - `icon`: Material symbol in the navigation; `empty_hint`: what to do when the list is empty;
    - `order`: place among the module's pages, lower first;
    - `module`: id of the module to stand under, for a model that lives elsewhere;
    - `list_parameters`: parameters of the address that say which of several lists the page shows.
    """

    checks_class = CommandAdminChecks
    create_command: ClassVar[AnyCommand | None] = None
    update_command: ClassVar[AnyCommand | None] = None
    delete_command: ClassVar[AnyCommand | None] = None
    bulk_delete_command: ClassVar[AnyCommand | None] = None
    view_feature: ClassVar[str] = ""
    manage_feature: ClassVar[str] = ""
    buttons: ClassVar[tuple[RecordCommand, ...]] = ()
    icon: ClassVar[str] = "description"
    empty_hint: ClassVar[Text] = ""
    order: ClassVar[int] = 100
    module: ClassVar[str] = ""
