"""Ids of spots: which there are, which stand for others, and which wait for a module that draws them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

from apps.kernel.registry.store import Registry


@dataclass(frozen=True, slots=True)
class Spot:
    """A place for widgets: `id` is `<page>:<kind of record>:<slot>`, with `*` where it is there for every kind."""

    id: str
    description: str


SPOTS: Registry[Spot] = Registry("spot")


def spot(spot_id: str, description: str) -> Spot:
    """Declare a place. Whoever declares it draws it: `{% spot … %}` stands in the page's template."""
    return SPOTS.add(spot_id, Spot(spot_id, description))


for _id, _description in {
    "crud-form:*:header": "a record's page, above the form",
    "crud-form:*:before-fields": "a record's page, in the form above its fields",
    "crud-form:*:group:*": "a record's page, at the end of a group of fields",
    "crud-form:*:field:*:before": "a record's page, right above one field",
    "crud-form:*:field:*:after": "a record's page, right below one field",
    "crud-form:*:after-fields": "a record's page, in the form right below its fields",
    "crud-form:*:fields": "a record's page, in the form below its fields",
    "crud-form:*:sidebar": "a record's page, beside the form",
    "crud-form:*:footer": "a record's page, below the form",
    "detail:*:header": "the page of a record that is there, at its top",
    "detail:*:status-badges": "the page of a record that is there, among its badges",
    "detail:*:tabs": "the page of a record that is there, as tabs above its form",
    "detail:*:sidebar": "the page of a record that is there, beside its form",
    "detail:*:footer": "the page of a record that is there, at its end",
    "backend:record:current": "the page of a record that is there, whatever its kind",
    "data-table:*:header": "a list, above the table",
    "data-table:*:search-trailing": "a list, behind its search",
    "data-table:*:toolbar": "a list, among the buttons above the table",
    "data-table:*:filters": "a list, among its filters",
    "data-table:*:columns": "a list, further columns",
    "data-table:*:row-actions": "a list, among the actions of each row",
    "data-table:*:bulk-actions": "a list, beside the actions on selected rows",
    "data-table:*:empty-state": "a list without rows, below its words",
    "data-table:*:footer": "a list, below the table",
    "admin.page:*:before": "any page by its path below the back office, above its content",
    "admin.page:*:after": "any page by its path below the back office, below its content",
    "backend:layout:top": "every page, below its top",
    "backend:layout:footer": "every page, at its end",
    "backend:sidebar:top": "every page, at the top of the sidebar",
    "backend:sidebar:nav": "every page, in the navigation above its items",
    "backend:sidebar:nav:footer": "every page, in the navigation below its items",
    "backend:sidebar:footer": "every page, at the end of the sidebar",
    "backend:topbar:actions": "every page, among the buttons at its top",
    "backend:topbar:profile-menu": "every page, in the menu of the account",
    "backend:dashboard:header": "the start page, at its top",
    "backend:dashboard:footer": "the start page, at its end",
    "global:sidebar:status-badges": "every page, below the tenant's name",
    "global:header:status-indicators": "every page, before the buttons at its top",
}.items():
    spot(_id, _description)

# Spots that the module's own pages will draw: the module declares them when it has the pages. By module.
PENDING: Final = {
    "portal:dashboard:sections": "portal",
    "portal:dashboard:profile": "portal",
    "portal:dashboard:sidebar": "portal",
    "portal:*:before": "portal",
    "portal:*:after": "portal",
    "sales.document.detail.order:details": "sales",
    "sales.document.detail.order:tabs": "sales",
    "sales.document.detail.quote:details": "sales",
    "sales.document.detail.quote:tabs": "sales",
    "workflows.task.detail:before": "workflows",
    "workflows.task.detail:after": "workflows",
    "integrations.detail:*": "integrations",
}

# Names of kinds of record that stand for another: those that the guides use.
SAME_KIND: Final = {
    "catalog.catalog_product": "catalog.product",
    "customers:customer_person_profile": "customers.person",
    "customers:customer_company_profile": "customers.company",
    "customers.customer_person_profile": "customers.person",
    "customers.customer_company_profile": "customers.company",
    "sales.sales_order": "sales.order",
}
# Lists are named by the plural as well.
SAME_LIST: Final = {
    "catalog.products": "catalog.product",
    "customers.people": "customers.person",
    "customers.companies": "customers.company",
    "customers.deals": "customers.deal",
    "sales.orders": "sales.order",
    "sales.quotes": "sales.quote",
    "sales.payments": "sales.payment",
    "sales.shipments": "sales.shipment",
}
PAGES: Final = re.compile(r"^(crud-form|detail|data-table):(.+)$")


@lru_cache(maxsize=4096)
def canonical(spot_id: str) -> str:
    """The id with the kind of record under its own name."""
    match = PAGES.match(spot_id)
    if match is None:
        return spot_id
    page, rest = match.groups()
    names = {**SAME_KIND, **SAME_LIST} if page == "data-table" else SAME_KIND
    for name, kind in names.items():
        if rest == name or rest.startswith(f"{name}:"):
            return f"{page}:{kind}{rest[len(name) :]}"
    return spot_id


def is_offered(pattern: str) -> bool:
    """Say whether some page has a spot that the pattern may match."""
    return any(may_match(canonical(pattern), item.id) for item in SPOTS.values())


def waits_for(pattern: str) -> str:
    """The module whose pages will have the spot; "" for a spot that nobody has announced."""
    return next((module for spot_id, module in PENDING.items() if may_match(pattern, spot_id)), "")


def may_match(pattern: str, declared: str) -> bool:
    """Say whether the pattern matches some id that the declared one, with its `*`, stands for."""
    wanted, known = pattern.split(":"), declared.split(":")
    if len(wanted) < len(known) and wanted[-1].endswith("*"):
        wanted += ["*"] * (len(known) - len(wanted))
    if len(wanted) != len(known):
        return False
    return all(fnmatchcase(one, other) or fnmatchcase(other, one) for one, other in zip(wanted, known, strict=True))
