"""Questions as the database understands them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.lookups import Lookup

if TYPE_CHECKING:
    AnyLookup = Lookup[Any]
else:
    AnyLookup = Lookup


class AsQuestion(Func):
    """A question that is written out already, as `tsquery`."""

    template = "(%(expressions)s)::tsquery"
    output_field = SearchQueryField()


@SearchVectorField.register_lookup
class Answers(AnyLookup):
    """`words__answers=AsQuestion(…)`: the vector matches the question."""

    lookup_name = "answers"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Render `vector @@ question`."""
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} @@ {right}", [*left_params, *right_params]


class Rank(Func):
    """How well a document answers; A counts ten times as much as D."""

    function = "ts_rank"
    output_field = models.FloatField()

    def __init__(self, question: str) -> None:
        super().__init__(F("words"), AsQuestion(Value(question)))


def matching(question: str) -> models.Q:
    """Documents that answer a question of `calculations.lexemes`."""
    return models.Q(words__answers=AsQuestion(Value(question)))
