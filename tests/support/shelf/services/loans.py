"""Loans: what a book is lent for, written beside the book."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import load_for_update
from apps.kernel.commands.unchanged import UNCHANGED
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.tenancy.scope import Scope
from tests.support.shelf.features import MANAGE
from tests.support.shelf.models import Book, Loan
from tests.support.shelf.services.books import _some_book


def _example(scope: Scope) -> dict[str, Any]:
    return {"book_id": _some_book(scope)["book_id"], "reader": "Ada"}


@command("shelf.loan.save", feature=MANAGE, example=_example, resource="shelf.book")
def save_loan(
    book_id: UUID,
    *,
    reader: Any = UNCHANGED,
    way: Any = UNCHANGED,
    fee: Any = UNCHANGED,
    due_on: Any = UNCHANGED,
    is_reminded: Any = UNCHANGED,
    remark: Any = UNCHANGED,
) -> Loan:
    """Say how a book is lent. Raises RowNotFound, InvalidInput for somebody who may borrow nothing."""
    given = {
        "reader": reader, "way": way, "fee": fee, "due_on": due_on, "is_reminded": is_reminded, "remark": remark,
    }  # fmt: skip
    load_for_update(Book, book_id)
    if reader == "Nobody":
        raise InvalidInput(errors=(FieldError("reader", "shelf.loan.nobody", "Nobody borrows."),))
    loan = Loan.objects.filter(book_id=book_id).first() or Loan(book_id=book_id)
    for name, value in given.items():
        if value is not UNCHANGED:
            setattr(loan, name, "" if value is None and name in {"reader", "way", "remark"} else value)
    demand_valid(loan, tuple(given))
    loan.save()
    return loan
