"""A comparison with many ids at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, F, Func, TextField, Value


class Among(Func):
    """`column = ANY(array)`: a thousand ids are planned like one.

    They travel as one text, because a parameter for each takes longer to be written down than its row to be found.
    """

    template = "%(expressions)s::uuid[])"
    arg_joiner = " = ANY("
    output_field: Any = BooleanField()

    def __init__(self, column: str, ids: Iterable[UUID]) -> None:
        text = "{" + ",".join([item.hex for item in ids]) + "}"
        super().__init__(F(column), Value(text, output_field=TextField()))
