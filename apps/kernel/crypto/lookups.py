"""What can be asked of encrypted columns: emptiness, and equality where there is a blind index."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.db.models import Field, sql
from django.db.models.expressions import Col, F, OrderBy
from django.db.models.lookups import Exact, In

from apps.kernel.crypto.envelope import INDEX_BYTES, blind_index
from apps.kernel.crypto.keys import existing_keys

if TYPE_CHECKING:
    _Exact = Exact[Any]
    _In = In[Any]
else:
    _Exact, _In = Exact, In

INDEX_SUFFIX = "_index"


class EncryptedColumn(Col):
    """A column of ciphertext: it can be selected, but sorting or grouping by it would mean nothing."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        query = getattr(compiler, "query", None)
        if query is not None and (_sorts_by(query, self.target) or _groups_by(query, self.target)):
            raise FieldError(f"{self.target} is encrypted: rows cannot be sorted or grouped by it.")
        return super().as_sql(compiler, connection)


class BlindExact(_Exact):
    """`field=value`, rewritten to the blind index; `field=None` asks for emptiness and needs none."""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        if rhs is None:
            super().__init__(lhs, rhs)
        else:
            super().__init__(_index_column(lhs), _digest(lhs.target, rhs))


class BlindIn(_In):
    """`field__in=[…]`, rewritten to the blind index."""

    def __init__(self, lhs: Any, rhs: Any) -> None:
        if hasattr(rhs, "resolve_expression"):
            raise FieldError("An encrypted column can be compared with values only.")
        digests = [_digest(lhs.target, value) for value in rhs if value is not None]
        super().__init__(_index_column(lhs), digests)


def refuse_lookup(field: Field[Any, Any], name: str) -> FieldError:
    """The error for a lookup that cannot work on ciphertext."""
    able = "exact, in and isnull" if getattr(field, "blind_index", False) else "isnull"
    return FieldError(f"{field} is encrypted: it has no lookup '{name}', only {able}.")


def _index_column(lhs: Any) -> Col:
    if not isinstance(lhs, EncryptedColumn):
        raise FieldError("Only an encrypted column itself can be compared, no expression over it.")
    field = lhs.target
    if not getattr(field, "blind_index", False):
        raise refuse_lookup(field, "exact")
    index: Any = field.model._meta.get_field(f"{field.name}{INDEX_SUFFIX}")
    column: Col = index.get_col(lhs.alias)
    return column


def _digest(field: Field[Any, Any], value: Any) -> bytes:
    if hasattr(value, "resolve_expression"):
        raise FieldError(f"{field} is encrypted: it can be compared with values only.")
    keys = existing_keys()
    # A tenant without keys has encrypted nothing, so nothing may match; a read does not make keys.
    return blind_index(str(value), pepper=keys.pepper) if keys else os.urandom(INDEX_BYTES)


def _sorts_by(query: sql.Query, field: Field[Any, Any]) -> bool:
    given: Any = query.order_by
    if not given and query.model is not None and query.default_ordering:
        given = query.get_meta().ordering or ()
    return any(_leads_to(query, item, field) for item in given)


def _leads_to(query: sql.Query, item: Any, field: Field[Any, Any]) -> bool:
    item = item.expression if isinstance(item, OrderBy) else item
    name: Any = vars(item)["name"] if isinstance(item, F) else item
    if not isinstance(name, str):
        return isinstance(name, EncryptedColumn)
    name = name.lstrip("-+")
    if name in query.annotations:
        return isinstance(query.annotations[name], EncryptedColumn)
    if name.rpartition("__")[2] != field.name:
        return False
    target: object = query.names_to_path(name.split("__"), query.get_meta())[1]
    return target == field


def _groups_by(query: sql.Query, field: Field[Any, Any]) -> bool:
    if not isinstance(query.group_by, tuple | list):
        return False
    columns = [item.target for item in query.group_by if isinstance(item, Col)]
    return field in columns and not any(column.primary_key for column in columns)
