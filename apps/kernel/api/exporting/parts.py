"""Columns of a file beside a record's own: what belongs to it and stands in other tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

Cells = Mapping[UUID, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class ExportParts:
    """Names of the columns, and `cells(ids)`: their values by record and name, for a chunk at once.

    It is asked inside the reader's scope, in a fixed number of queries; what it leaves out is an empty cell. Columns
    that the record's import reads back are called as its fields are.
    """

    names: tuple[str, ...]
    cells: Callable[[Sequence[UUID]], Cells]
