"""Fields that a module called `loans` adds to the forms of books, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from django import forms

from apps.kernel.extensions.enrichers import ENRICHERS, Enricher
from apps.kernel.extensions.entities import EntityExtension
from apps.kernel.extensions.fields import FORM_FIELDS, FormField, FormFields, Kind
from apps.kernel.extensions.placing import after, first
from apps.kernel.extensions.rules import VisibleWhen
from tests.kernel.extensions_probes import declared
from tests.support.shelf.models import Loan
from tests.support.shelf.services import save_loan

NAMES = ("reader", "way", "fee", "due_on", "is_reminded", "remark")
LOANS = EntityExtension("loans.facts", "shelf.book", Loan, "book_id", NAMES)
FIELDS = (
    FormField("reader", "Reader", limits={"max_length": 40}, place=after("title")),
    FormField("way", "Way", Kind.SELECT, options=(("desk", "At the desk"), ("post", "By post"))),
    FormField(
        "fee", "Fee", Kind.NUMBER, required=True, limits={"min_value": 0}, visible_when=VisibleWhen("way", "eq", "post")
    ),
    FormField("due_on", "Due", Kind.DATE, visible_when=VisibleWhen("is_lent", "truthy")),
    FormField("is_reminded", "Reminded", Kind.BOOLEAN, place=first()),
    FormField(
        "remark",
        "Remark",
        Kind.CUSTOM,
        make=lambda: forms.CharField(widget=forms.Textarea, max_length=100),
        shape={"type": ["string", "null"], "maxLength": 100},
    ),
)
ADDED = FormFields("loans.fields", "shelf.book", FIELDS, save_loan, "Loan", extension=LOANS)
SHOWN = Enricher(LOANS.id, LOANS.base, LOANS.values)


@contextmanager
def lending(**changes: Any) -> Iterator[FormFields]:
    """Have the fields in the forms of books for the block, and their values in REST."""
    added = replace(ADDED, **changes)
    with ExitStack() as stack:
        stack.enter_context(declared(FORM_FIELDS, added))
        stack.enter_context(declared(ENRICHERS, SHOWN))
        yield added
