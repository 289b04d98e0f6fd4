"""A comparison with the rows of a sub-select, read once a statement."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import BooleanField, F, Func


class OneOf(Func):
    """`column = ANY(ARRAY(SELECT …))`: an array that is known before the rows are looked at.

    `IN (SELECT …)` means the same and is planned as a join, which reads a whole table where an index on the column
    would have given a few rows.
    """

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("

    def __init__(self, column: str, rows: models.QuerySet[Any, Any]) -> None:
        super().__init__(F(column), ArraySubquery(rows), output_field=BooleanField())
