"""What stands around every page: the sidebar, the tenant's name, the organizations to choose from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from apps.backoffice.selectors import pinned
from apps.kernel.admin.arranging import VIEW
from apps.kernel.admin.registration import OWN_PAGES
from apps.kernel.extensions.menu import SETTINGS, MenuItem, in_places, items_of, open_items
from apps.kernel.ports import OrganizationTree
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.registry.modules import ModuleConfig, modules
from apps.kernel.services import service
from apps.kernel.tenancy.scope import scope_or_none
from apps.kernel.tenancy.selection import ALL, COOKIE, allowed_organizations


@dataclass(frozen=True, slots=True)
class Choice:
    """One organization of the switcher; `value` is what the form posts, `depth` its place in the tree.

    `above` names the organizations that it lies below, from the root down; "" for a root.
    """

    value: str
    label: str
    depth: int
    is_chosen: bool
    above: str = ""


def module_of(page: Any) -> str:
    """Id of the module that the page stands under."""
    if module := getattr(page, "module", ""):
        return str(module)
    config = page.opts.app_config
    return config.manifest.id if isinstance(config, ModuleConfig) else str(config.label)


def module_pages(site: AdminSite, request: HttpRequest, config: ModuleConfig) -> list[Any]:
    """The module's pages that the actor may see, in the order that they ask for."""
    pages = [page for page in site._registry.values() if module_of(page) == config.manifest.id]
    seen = [page for page in pages if page.has_view_permission(request)]
    return sorted(seen, key=lambda page: (getattr(page, "order", 100), str(page.opts.verbose_name_plural)))


def list_url(page: Any) -> str:
    """Address of the page's list."""
    return reverse(list_name(page))


def list_name(page: Any) -> str:
    """Name of the URL pattern of the page's list."""
    return f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist"


@dataclass(frozen=True, slots=True)
class Group:
    """Items that stand under one title; `module` is "" for those at the top."""

    module: str
    title: str
    items: tuple[MenuItem, ...]


def menu(site: AdminSite, request: HttpRequest) -> list[Group]:
    """The navigation: what the actor may see and nothing else; daily modules first, each after those it builds on."""
    start = MenuItem("backoffice.start", _("Start"), "admin:index", "home", priority=1000)
    pages = [start, *(page_item(page) for page in site._registry.values()), *pinned_items(site, request)]
    items = open_items(request, pages)
    manifests = sorted((config.manifest for config in modules()), key=lambda manifest: not manifest.daily)
    titles = {"": "", **{manifest.id: str(manifest.label) for manifest in manifests}}
    placed: dict[str, list[MenuItem]] = {module: [] for module in titles}
    for item in items:
        home = item.group if item.group in placed else item.id.partition(".")[0]
        placed.setdefault(home, []).append(item)
    return [Group(module, titles[module], tuple(in_places(found))) for module, found in placed.items() if found]


def pinned_items(site: AdminSite, request: HttpRequest) -> list[MenuItem]:
    """Items of pinned views, each behind the page of its list and for whoever may open that."""
    found = ((view, page_of(site, view.list)) for view in pinned(request))
    return [
        MenuItem(
            id=f"backoffice.view_{view.id.hex}",
            label=view.name,
            url=view_address(page, view),
            icon="keep",
            group=module_of(page),
            priority=-getattr(page, "order", 100) - 1,
            allowed=page.has_view_permission,
        )
        for view, page in found
        if page is not None
    ]


def page_of(site: AdminSite, list_name: str) -> Any:
    """The page of a list, by the list's name; None for a list that has none."""
    kind = ENTITIES.get(list_name)
    return site._registry.get(kind.model) if kind is not None else None


def view_address(page: Any, view: Any) -> str:
    """Address of the page's list as a view has it; `view` is a row or the facts of one."""
    parameters = view.settings.get("parameters", {})
    here = {name: parameters[name] for name in page.list_parameters if name in parameters}
    return f"{list_url(page)}?{urlencode({**here, VIEW: str(view.id)}, doseq=True)}"


def page_item(page: Any) -> MenuItem:
    """The item of a page: `<module>.<model>`, in the order that the page asks for."""
    module = module_of(page)
    return MenuItem(
        id=f"{module}.{page.opts.model_name}",
        label=capfirst(str(page.opts.verbose_name_plural)),
        url=list_name(page),
        icon=getattr(page, "icon", "description"),
        group=module,
        priority=-getattr(page, "order", 100),
        allowed=page.has_view_permission,
    )


def sidebar(site: AdminSite, request: HttpRequest) -> list[dict[str, Any]]:
    """The navigation as the theme's templates want it."""
    settings = tuple(items_of(SETTINGS, request))
    further = [Group("", _("Settings"), settings)] if settings else []
    groups = [*menu(site, request), *further]
    current = current_link(site, request, {item.address for group in groups for item in group.items})
    return [
        {
            "title": group.title,
            "items": [_item(str(item.label), item.icon, item.address, current) for item in group.items],
        }
        for group in groups
    ]


def _item(title: str, icon: str, link: str, current: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": link, "active": link == current, "has_permission": True}


def current_link(site: AdminSite, request: HttpRequest, links: Collection[str]) -> str:
    """The link under which the request's page stands, the most exact one; "" where it stands under none.

    A pinned view goes before its list. A page about a record stands under the list of its kind, whatever its address.
    """
    for link in links:
        path, _mark, query = link.partition("?")
        if query and request.path == path and f"{VIEW}={request.GET.get(VIEW, '-')}" in query:
            return link
    if (home := _home(site, request)) in links:
        return home
    start = reverse("admin:index")
    above = (link for link in links if request.path == link or (link != start and request.path.startswith(link)))
    return max(above, key=len, default="")


def _home(site: AdminSite, request: HttpRequest) -> str:
    """Address of the list of the kind of record that the page is about, "" for other pages."""
    name = request.resolver_match.url_name if request.resolver_match else None
    if not name or name not in OWN_PAGES:
        return ""
    page = page_of(site, OWN_PAGES[name][0].entity(request))
    return list_url(page) if page is not None else ""


def tenant_name(request: HttpRequest) -> str:
    """Name of the tenant that is worked in, "" before one is known."""
    scope = scope_or_none()
    return service(OrganizationTree).tenant_name(scope.tenant_id) if scope else ""


def organization_choices(request: HttpRequest) -> list[Choice]:
    """What the actor may select: everything, then the living organizations in tree order."""
    scope = scope_or_none()
    if scope is None:
        return []
    tree = service(OrganizationTree)
    found = tree.choices(allowed_organizations(scope.actor, tree.state(scope.tenant_id)))
    chosen = scope.organization_id
    everything = Choice(ALL, _("All organizations"), 0, chosen is None)
    return [everything, *_in_tree(found, chosen)]


def _in_tree(found: Iterable[tuple[UUID, str, int]], chosen: UUID | None) -> Iterator[Choice]:
    """Organizations in tree order, each with the names of those above it."""
    above: list[str] = []
    for item, name, depth in found:
        del above[depth:]
        yield Choice(str(item), name, depth, item == chosen, " / ".join(above))
        above.append(name)


def may_select(request: HttpRequest, value: str) -> bool:
    """Say whether the posted value is one of the choices."""
    return any(item.value == value for item in organization_choices(request))


def selection_cookie(value: str) -> dict[str, Any]:
    """Arguments of the cookie that keeps the selection for a year."""
    return {"key": COOKIE, "value": value, "max_age": 365 * 24 * 3600, "httponly": True, "samesite": "Lax"}


def uuid_text(value: str) -> str:
    """The value in the form that the choices have; "" for what is no id."""
    if value == ALL:
        return value
    try:
        return str(UUID(value))
    except ValueError:
        return ""
