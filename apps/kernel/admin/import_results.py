"""The page of a run: how far it is, what came of the rows, and what can be done now."""

from __future__ import annotations

from typing import Any, Final

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.kernel.admin.actions import may_undo
from apps.kernel.commands.models import Action
from apps.kernel.commands.undo.plan import undone_actions
from apps.kernel.imports.models import ImportProblem, ImportRun, RunState
from apps.kernel.imports.planning.orders import Counts
from apps.kernel.imports.targets import ImportTarget

SHOWN_PROBLEMS: Final = 20
SHOWN_PREVIEWS: Final = 10
WORDS: Final[tuple[tuple[str, str | Promise, str | Promise], ...]] = (
    ("created", _("would be added"), _("added")),
    ("updated", _("would be changed"), _("changed")),
    ("unchanged", _("are as they should be"), _("were as they should be")),
    ("skipped", _("would be skipped"), _("skipped")),
    ("duplicate", _("repeat an earlier row"), _("repeated an earlier row")),
    ("error", _("have errors"), _("had errors")),
)
EARLY: Final = frozenset({RunState.CHECKING, RunState.CHECKED})


def result_context(run: ImportRun, target: ImportTarget) -> dict[str, Any]:
    """What the page shows."""
    counts = run.counted
    is_early = run.state in EARLY
    names = {item.name: str(item.label or item.name) for item in target.fields()}
    problems = list(ImportProblem.objects.filter(run_id=run.pk).order_by("row")[:SHOWN_PROBLEMS])
    return {
        "counts": [(_grouped(counts, name), early if is_early else late, name) for name, early, late in WORDS],
        "rows": counts.rows,
        "problems": [(item.row, _worded(item.problems, names)) for item in problems],
        "more_problems": max(0, counts.failed - len(problems)),
        "previews": [_preview(item, names) for item in run.previews[:SHOWN_PREVIEWS]],
        "has_work": bool(counts.created or counts.updated),
        "is_checking": run.state == RunState.CHECKING,
        "is_checked": run.state == RunState.CHECKED,
        "has_failed": run.state == RunState.FAILED,
        "may_download": bool(problems and run.file),
        **_undo(run),
    }


def _grouped(counts: Counts, name: str) -> str:
    """The number as the reader writes it; "" for none."""
    number = getattr(counts, name)
    return number_format(number, use_l10n=True, force_grouping=True) if number else ""


def _worded(problems: list[dict[str, str]], names: dict[str, str]) -> list[dict[str, str]]:
    return [{**item, "field": names.get(item["field"], item["field"])} for item in problems]


def _preview(item: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    shown = [(name, label) for name, label in names.items() if name in item["after"]]
    fields = [(label, item["before"].get(name, ""), item["after"][name]) for name, label in shown]
    return {"number": item["number"], "label": item["label"], "is_new": item["fate"] == "created", "fields": fields}


def _undo(run: ImportRun) -> dict[str, Any]:
    if run.action_id is None or run.is_working:
        return {}
    action = Action.objects.filter(pk=run.action_id).first()
    if action is None:
        return {}
    if undone_actions([action.pk]):
        return {"is_undone": True}
    return {"undo_action": action.pk if may_undo(action) else None}
