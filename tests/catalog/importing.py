"""Files into the catalog: taking one, having a worker carry it out, and what came of it."""

from __future__ import annotations

import io
from typing import Any

from apps.kernel.imports.models import ImportProblem, ImportRun, RunState
from apps.kernel.imports.planning.mapping import mapping_from_json
from apps.kernel.imports.planning.options import Options
from apps.kernel.imports.planning.orders import Key, Mode
from apps.kernel.imports.runs import drafts
from apps.kernel.work.sweeper import sweep

PRODUCT, VARIANT, PRICE = "catalog.product", "catalog.variant", "catalog.price"


def take(text: str | bytes, entity: str = PRODUCT, name: str = "file.csv") -> ImportRun:
    """A file in hand."""
    return drafts.take(entity, io.BytesIO(text if isinstance(text, bytes) else text.encode()), name)


def work(run: ImportRun, *, key: Key | None = None, mode: Mode = Mode.BOTH, rehearse: bool = False) -> ImportRun:
    """The same run after a worker has done it."""
    if key is not None:
        drafts.arrange(run, mapping_from_json(run.mapping), Options(mode, key))
    drafts.begin(drafts.run_of(run.pk), rehearse=rehearse)
    sweep("work")
    done: ImportRun = drafts.run_of(run.pk)
    assert done.state in {RunState.DONE, RunState.CHECKED}, done.reason
    return done


def counts(run: ImportRun) -> dict[str, int]:
    """How many rows had which fate."""
    return {name: count for name, count in run.counts.items() if count}


def problems(run: ImportRun) -> dict[int, list[tuple[str, str]]]:
    """Field and code of what is wrong, by row."""
    found = ImportProblem.objects.filter(run=run).order_by("row").values_list("row", "problems")
    return {row: [(item["field"], item["code"]) for item in items] for row, items in found}


def targets(run: ImportRun) -> list[Any]:
    """The field of each column."""
    return [item["target"] for item in run.mapping]
