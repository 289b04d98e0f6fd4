"""The tree of categories: opened level by level, moved by dragging or from the menu of each category."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.admin.sites import AdminSite
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.catalog.admin.category_deeds import ROOT, TREE, done, opened_by
from apps.catalog.features import VIEW_CATEGORIES, VIEW_PRODUCTS
from apps.catalog.models import Category
from apps.catalog.selectors import Around, around, living_categories
from apps.catalog.services import create_category, move_category
from apps.kernel.admin.access import allows, may_run
from apps.kernel.admin.registration import OwnPage, own_page
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import current_scope

MOST_OPEN: Final = 100
MOST_SHOWN: Final = 1000
WHOLE: Final = 100  # a tree of this size is shown with everything open
NOTHING = "none"
ORGANIZATION: Final = "directory.organization"


@dataclass(slots=True)
class Node:
    """A category on the page, with what is shown below it and the deeds of its menu; a deed of "" is not possible."""

    category: Category
    around: Around
    is_open: bool
    toggle_url: str
    level: int = 1
    place: int = 0
    up: str = ""
    down: str = ""
    out: str = ""
    into: str = ""
    children: list[Node] = field(default_factory=list)
    owner: str = ""  # the organization's name, where categories of several are shown
    takes_more: bool = False

    @property
    def parent(self) -> str:
        """The parent's id, or the word for the top."""
        return str(self.category.parent_id or ROOT)


@own_page(OwnPage(TREE, "catalog/category/tree/", VIEW_CATEGORIES))
def category_tree_view(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """The tree with what `open` names opened; a small one is open as a whole. POST does something with a category."""
    asked = _asked(request)
    if request.method == "POST":
        opens = opened_by(request.POST.get("deed", ""))
        return done(request, back=reverse(f"admin:{TREE}") if asked is None else _address(asked | opens))
    categories, opened = _shown(asked)
    truncated = len(categories) > MOST_SHOWN
    nodes = _nodes(categories[:MOST_SHOWN], opened)
    context = {
        **site.each_context(request),
        "title": _("Category tree"),
        "nodes": nodes,
        "is_truncated": truncated,
        "most": MOST_SHOWN,
        "address": _address(opened),
        "closed_url": _address(()) if opened else "",
        "may_add": may_run(create_category) and current_scope().organization_id is not None,
        "may_move": may_run(move_category),
        "shows_products": allows(VIEW_PRODUCTS),
        "list_url": reverse("admin:catalog_category_changelist"),
        "is_fullwidth": "1",
    }
    return TemplateResponse(request, "catalog/category_tree.html", context)


def _asked(request: HttpRequest) -> set[UUID] | None:
    """Which categories are open; None where the address does not say."""
    if "open" not in request.GET:
        return None
    found = set()
    for text in request.GET["open"].split(",")[:MOST_OPEN]:
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return found


def _shown(asked: set[UUID] | None) -> tuple[list[Category], set[UUID]]:
    """Categories on the page in their order, and which of them are open."""
    rows = living_categories()
    if asked is None:
        few = list(rows[: WHOLE + 1])
        if len(few) <= WHOLE:
            return few, {row.parent_id for row in few if row.parent_id is not None}
        asked = set()
    return list(rows.filter(Q(parent_id=None) | Q(parent_id__in=asked))[: MOST_SHOWN + 1]), asked


def _nodes(categories: Sequence[Category], opened: set[UUID]) -> list[Node]:
    facts, writing = around(categories), current_scope().organization_id
    below: dict[UUID | None, list[Node]] = defaultdict(list)
    for row in categories:
        is_open = row.pk in opened
        toggled = opened - {row.pk} if is_open else opened | {row.pk}
        node = Node(row, facts.get(row.pk, Around()), is_open, _address(toggled))
        node.takes_more = row.organization_id == writing
        below[row.parent_id].append(node)
    for nodes in below.values():
        for node in nodes:
            node.children = below.get(node.category.pk, [])
    roots = sorted(below[None], key=lambda node: str(node.category.organization_id))
    _name_owners(roots)
    _arrange(roots, above=None)
    return roots


def _name_owners(roots: Sequence[Node]) -> None:
    """Say above the first root of each organization whose it is, where there are several."""
    owners = {node.category.organization_id for node in roots}
    if len(owners) < 2:
        return
    names = ENTITIES[ORGANIZATION].labels(owners)
    for node in roots:
        if (owner := node.category.organization_id) in owners:
            owners.discard(owner)
            node.owner = names.get(owner, "")


def _arrange(nodes: Sequence[Node], above: Node | None) -> None:
    """Say where each of the nodes stands and where it can be moved from there."""
    places: dict[UUID, int] = defaultdict(int)
    former: dict[UUID, Node] = {}
    last = {node.category.organization_id: node for node in nodes}
    for node in nodes:
        owner = node.category.organization_id
        node.place, node.level = places[owner], above.level + 1 if above else 1
        places[owner] += 1
        if (before := former.get(owner)) is not None:
            node.up = _move(node, node.parent, node.place - 1)
            node.into = _move(node, str(before.category.pk), None)
        if node is not last[owner]:
            node.down = _move(node, node.parent, node.place + 1)
        if above is not None:
            node.out = _move(node, above.parent, above.place + 1)
        former[owner] = node
        _arrange(node.children, node)


def _move(node: Node, parent: str, place: int | None) -> str:
    where = "end" if place is None else place
    return f"move:{node.category.pk}:{node.category.version}:{parent}:{where}"


def _address(opened: Iterable[UUID]) -> str:
    named = ",".join(sorted(map(str, opened))) or NOTHING
    return f"{reverse(f'admin:{TREE}')}?{urlencode({'open': named}, safe=',')}"
