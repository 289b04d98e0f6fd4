"""Putting products that are selected in their list into a category: one question, one action, one undo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.contrib.admin import helpers
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.catalog.admin.choosing import CategoriesSelect, pointer
from apps.catalog.models import CategoryAssignment, Product
from apps.catalog.services import assign_products
from apps.kernel.admin.access import may_run
from apps.kernel.admin.bulk import SHOWN, chosen_or_told
from apps.kernel.admin.fields import ReferenceChoice
from apps.kernel.admin.forms import is_form_error
from apps.kernel.admin.frames import list_frame
from apps.kernel.admin.labels import Labels
from apps.kernel.admin.offers import say
from apps.kernel.admin.selections import FIELD, Chosen, posted, seen_rows
from apps.kernel.admin.writing import run
from apps.kernel.errors import FieldError, PlatformError, RowNotFound
from apps.kernel.references.validation import UNKNOWN
from apps.kernel.registry.entities import ENTITIES

FILL: Final = "put_into_category"
LABEL: Final = gettext_lazy("Put into a category")
MOST_COMPLAINTS: Final = 5


class CategorySelect(CategoriesSelect):
    """A select of one category, which says where it stands in the tree."""

    allow_multiple_selected = False

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The chosen id."""
        return data.get(name)


class CategoryForm(forms.Form):
    """The category that products are put into."""

    category: Any = ReferenceChoice(
        label=gettext_lazy("Category"), widget=CategorySelect(pointer(CategoryAssignment, "category"), Labels())
    )


def put_into_category(page: Any, request: HttpRequest, queryset: Any) -> TemplateResponse | None:
    """Ask which category, then put the selected products at its end; refusals stand above the question."""
    if not may_run(assign_products):
        raise PermissionDenied
    chosen = posted(request) if FIELD in request.POST else chosen_or_told(page, request, queryset)
    if chosen is None:
        return None
    form = CategoryForm(request.POST if request.POST.get("confirmed") == "yes" else None)
    if form.is_bound and form.is_valid() and _is_done(request, chosen, form):
        return None
    return _question(page, request, chosen, form)


def _is_done(request: HttpRequest, chosen: Chosen, form: CategoryForm) -> bool:
    """Put the products in and say so; a refusal is kept by the form."""
    try:
        category = run(assign_products, form.cleaned_data["category"], product_ids=list(chosen.ids))
    except RowNotFound:
        form.add_error("category", _("There is no such record."))
    except PlatformError as error:
        if not is_form_error(error):
            raise
        for text in complaints_of(error, chosen.ids):
            form.add_error(None, text)
    else:
        words = {"count": len(chosen.ids), "category": category}
        text = ngettext(
            "%(count)s product is in “%(category)s” now.",
            "%(count)s products are in “%(category)s” now.",
            words["count"],
        )
        say(request, text % words)
    return not form.errors


def complaints_of(refusal: PlatformError, product_ids: Sequence[UUID]) -> list[str]:
    """Why products are not put in, by their names; the first few, and how many more there are."""
    named = {f"product_ids.{place}": item for place, item in enumerate(product_ids)}
    wrong = {item: named[item.field] for item in refusal.errors if item.field in named}
    labels = ENTITIES[str(Product.entity_id)].labels(wrong.values())
    found = [_complaint(item, labels.get(wrong[item]) if item in wrong else None) for item in refusal.errors]
    return _few(list(dict.fromkeys(found))) or [refusal.detail]


def _complaint(item: FieldError, label: str | None) -> str:
    if label is None:
        return str(item.message)
    if item.code == UNKNOWN:  # it is in sight
        return _("“%(product)s” belongs to another organization than the category.") % {"product": label}
    return f"{label}: {item.message}"


def _few(texts: list[str]) -> list[str]:
    more = len(texts) - MOST_COMPLAINTS
    if more <= 0:
        return texts
    text = ngettext("%(n)s more was refused.", "%(n)s more were refused.", more)
    return [*texts[:MOST_COMPLAINTS], text % {"n": more}]


def _question(page: Any, request: HttpRequest, chosen: Chosen, form: CategoryForm) -> TemplateResponse:
    context = {
        **list_frame(page, request, LABEL),
        "media": form.media,
        "form": form,
        "name": FILL,
        "records": list(seen_rows(page, request, Chosen(chosen.ids[:SHOWN], {})).values()),
        "more": max(0, len(chosen.ids) - SHOWN),
        "count": len(chosen.ids),
        "chosen": chosen,
        "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
    }
    status = 400 if form.is_bound else 200
    return TemplateResponse(request, "catalog/category_filling.html", context, status=status)
