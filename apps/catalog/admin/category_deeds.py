"""What can be done in the tree of categories: one moved, named anew or added, and what is said when that is refused."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from apps.catalog.services import create_category, move_category, update_category
from apps.kernel.admin.forms import is_form_error
from apps.kernel.admin.offers import say
from apps.kernel.admin.places import demand_place
from apps.kernel.admin.writing import run
from apps.kernel.errors import PlatformError, RowNotFound, StaleVersion

TREE: Final = "catalog_category_tree"
ROOT: Final = "root"
END: Final = "end"


def opened_by(deed: str) -> set[UUID]:
    """Which category must be open for what the deed does to be seen."""
    kind, *parts = deed.split(":")
    place = {"move": 2, "add": 0}.get(kind)
    try:
        return set() if place is None or parts[place] == ROOT else {UUID(parts[place])}
    except (ValueError, IndexError):
        return set()


def done(request: HttpRequest, *, back: str) -> HttpResponse:
    """Do what was asked for, and come back to the tree; a refusal says why, and nothing was changed."""
    kind, *parts = request.POST.get("deed", "").split(":")
    deeds = {"move": _move, "rename": _rename, "add": _add}
    try:
        deed = deeds[kind]
    except KeyError:
        raise Http404 from None
    try:
        say(request, deed(request, parts))
    except StaleVersion:
        text = _("Somebody has changed this category meanwhile. This is how it is now; nothing of yours was done.")
        say(request, text, messages.WARNING)
    except RowNotFound:
        say(request, _("This category is not there any more."), messages.WARNING)
    except PlatformError as error:
        if not is_form_error(error):
            raise
        say(request, " ".join(str(item.message) for item in error.errors) or error.detail, messages.ERROR)
    return HttpResponseRedirect(back)


def _move(request: HttpRequest, parts: list[str]) -> str:
    """`move:<id>:<version>:<parent or root>:<place or end>`."""
    try:
        category_id, version, parent, place = parts
        given: dict[str, Any] = {"parent_id": _parent(parent), "position": None if place == END else int(place)}
        key, expected = UUID(category_id), int(version)
    except ValueError:
        raise Http404 from None
    category = run(move_category, key, expected_version=expected, **given)
    return _("“%(category)s” was moved.") % {"category": category}


def _rename(request: HttpRequest, parts: list[str]) -> str:
    """`rename:<id>:<version>`, with the name."""
    try:
        category_id, version = parts
        key, expected = UUID(category_id), int(version)
    except ValueError:
        raise Http404 from None
    category = run(update_category, key, expected_version=expected, name=request.POST.get("name", ""))
    return _("The category is called “%(category)s” now.") % {"category": category}


def _add(request: HttpRequest, parts: list[str]) -> str:
    """`add:<parent or root>`, with the name."""
    try:
        [parent] = parts
        parent_id = _parent(parent)
    except ValueError:
        raise Http404 from None
    demand_place(request)
    category = run(create_category, name=request.POST.get("name", ""), parent_id=parent_id)
    return _("“%(category)s” was added.") % {"category": category}


def _parent(text: str) -> UUID | None:
    return None if text == ROOT else UUID(text)
