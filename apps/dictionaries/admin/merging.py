"""The page of a merge: which value takes the other one's place, what that moves, and then the deed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.dictionaries.admin.pages import values_address
from apps.dictionaries.errors import MergeImpossible
from apps.dictionaries.models import DictionaryEntry
from apps.dictionaries.selectors import entries_in, usages_of
from apps.dictionaries.services import merge_entry
from apps.kernel.admin.access import may_run
from apps.kernel.admin.dressing import dress
from apps.kernel.admin.forms import add_refusal, is_form_error
from apps.kernel.admin.frames import record_frame
from apps.kernel.admin.inputs import EXPECTED_VERSION, stated_version
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError, RowNotFound


class MergeForm(forms.Form):
    """Which value stays."""

    into = forms.TypedChoiceField(
        label=gettext_lazy("Merge into"),
        coerce=UUID,
        error_messages={"invalid_choice": MergeImpossible.message},
    )

    def __init__(self, data: Any, *, others: dict[UUID, DictionaryEntry]) -> None:
        super().__init__(data)
        self.fields["into"].choices = [("", "—"), *((str(key), str(row)) for key, row in others.items())]  # type: ignore[attr-defined]
        dress(self)


def merge_view(page: Any, request: HttpRequest, entry: DictionaryEntry) -> HttpResponse:
    """Ask, show what would move, and on POST merge. Refusals stand in the form, with their status."""
    if not page.has_change_permission(request, entry) or not may_run(merge_entry):
        raise PermissionDenied
    others = {row.pk: row for row in entries_in(entry.dictionary) if row.pk != entry.pk}
    asked = request.POST if request.method == "POST" else request.GET
    form = MergeForm(asked if "into" in asked else None, others=others)
    into = others[form.cleaned_data["into"]] if form.is_bound and form.is_valid() else None
    if request.method != "POST" or into is None:
        return _question(page, request, entry, form=form, into=into)
    try:
        run(merge_entry, entry.pk, into_id=into.pk, expected_version=stated_version(request))
    except RowNotFound:
        raise Http404 from None
    except PlatformError as error:
        if not is_form_error(error) and error.status != 412:
            raise
        add_refusal(form, error)
        return _question(page, request, entry, form=form, into=into, status=error.status)
    page.message_user(
        request, _("%(one)s was merged into %(other)s.") % {"one": entry, "other": into}, messages.SUCCESS
    )
    return HttpResponseRedirect(values_address(entry.dictionary_id))


def _question(
    page: Any, request: HttpRequest, entry: DictionaryEntry, *, form: MergeForm, into: Any, status: int = 200
) -> TemplateResponse:
    found = usages_of([entry.pk]).get(entry.pk, [])
    context = {
        **record_frame(page.admin_site, request, entry, _("Merge %(name)s") % {"name": entry}),
        "form": form,
        "into": into,
        "has_others": len(form.fields["into"].choices) > 1,  # type: ignore[attr-defined]
        "usages": found,
        "total": sum(usage.count for usage in found),
        "back": values_address(entry.dictionary_id),
        "version_name": EXPECTED_VERSION,
        "media": page.media,
    }
    return TemplateResponse(request, "dictionaries/merge.html", context, status=status)
