"""What cells of a batch call records, of this module and of others: ids by text, a query for each kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Final
from uuid import UUID

from django.db import models
from django.db.models.functions import Lower

from apps.catalog.calculations.words import normal_label, tag_slug
from apps.catalog.models import Category, ProductTag
from apps.kernel.bases.models import OrganizationModel
from apps.kernel.ids import as_id
from apps.kernel.imports.resources.pointing import pointed
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import current_scope

AMBIGUOUS: Final = "ambiguous"
BETWEEN: Final = " > "  # names of categories on the way down the tree
# Columns that name records of a kind in files; kinds that are not here are found by what their own search looks in.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "catalog.product": ("sku", "handle"),
    "catalog.variant": ("sku",),
    "catalog.price_kind": ("code", "title"),
    "catalog.price_list": ("code", "name"),
    "catalog.option_schema": ("code", "name"),
    "catalog.offer": ("title",),
    "sales.tax_class": ("code", "name"),
    "sales.channel": ("code", "name"),
    "customers.customer_group": ("code", "name"),
    "customers.customer": ("name",),
    "dictionaries.entry": ("value", "label"),
    "auth.user": ("email", "name"),
    "auth.role": ("system_key", "name"),
}
Ids = Mapping[str, UUID | str]


def named(target: str, texts: Iterable[str], *, part: str = "") -> Ids:
    """Living records of the kind by what the texts say, whatever their capitals; of the selected organization, where
    the kind belongs to one.

    A text that is an id stays out. A text in the place of an id says that there are several.
    """
    wanted = {text for text in texts if as_id(text) is None}
    kind = ENTITIES.get(target)
    if not wanted or kind is None:
        return {}
    known = {item.name for item in kind.model._meta.local_concrete_fields}
    columns = [name for name in COLUMNS.get(target, ()) if name in known]
    if not columns:
        return pointed(target, wanted, part=part)
    rows = kind.part(part)
    if issubclass(kind.model, OrganizationModel):
        rows = rows.filter(organization_id=current_scope().organization_id)
    return _found(rows, columns, wanted)


def _found(rows: models.QuerySet[models.Model], columns: Collection[str], wanted: Collection[str]) -> Ids:
    """The first column that knows a text decides: a code goes before a name."""
    small = {text.casefold() for text in wanted}
    test = models.Q()
    for name in columns:
        if getattr(rows.model._meta.get_field(name), "encrypted", False):
            test |= models.Q(**{f"{name}__in": list(wanted)})  # by its blind index, which knows no capitals
            continue
        rows = rows.alias(**{f"small_{name}": Lower(name)})
        test |= models.Q(**{f"small_{name}__in": small})
    held: dict[str, dict[str, set[UUID]]] = {name: defaultdict(set) for name in columns}
    for pk, *texts in rows.filter(test).values_list("pk", *columns):
        for name, text in zip(columns, texts, strict=True):
            held[name][str(text).casefold()].add(pk)
    found: dict[str, UUID | str] = {}
    for text in wanted:
        ids = next((held[name][text.casefold()] for name in columns if held[name].get(text.casefold())), None)
        if ids:
            found[text] = next(iter(ids)) if len(ids) == 1 else AMBIGUOUS
    return found


def categories(words: Iterable[str]) -> Ids:
    """Categories of the selected organization by `normal_way` of what the words say: a handle, the way to it, a name.

    Two queries, which read no more than the categories that are called so and those above them.
    """
    wanted = {normal_way(word) for word in words}
    if not wanted:
        return {}
    lasts = {word.rsplit(BETWEEN, 1)[-1] for word in wanted}
    rows = Category.objects.filter(organization_id=current_scope().organization_id, deleted_at__isnull=True)
    small = rows.annotate(small=Lower("name")).filter(models.Q(small__in=lasts) | models.Q(slug__in=wanted))
    known = list(small.values_list("pk", "name", "slug", "path"))
    names = _names_above(rows, (path for _pk, _name, _slug, path in known))
    slugs: dict[str, UUID] = {}
    found: dict[str, set[UUID]] = defaultdict(set)
    for pk, name, slug, path in known:
        slugs |= {slug: pk} if slug else {}
        for text in {name, BETWEEN.join(names.get(item, "") for item in path.rstrip("/").split("/"))}:
            found[normal_way(text)].add(pk)
    there = {word for word in wanted if word in slugs or found.get(word)}
    return {word: slugs.get(word) or _one(found[word]) for word in there}


def normal_way(word: str) -> str:
    """A way through the tree as two people would write it alike."""
    return BETWEEN.join(part.strip() for part in word.split(BETWEEN.strip())).casefold()


def _names_above(rows: models.QuerySet[Category], paths: Iterable[str]) -> dict[str, str]:
    ids = {item for path in paths for item in path.rstrip("/").split("/")}
    return {str(pk): name for pk, name in rows.filter(pk__in=ids).values_list("pk", "name")}


def _one(ids: set[UUID]) -> UUID | str:
    return next(iter(ids)) if len(ids) == 1 else AMBIGUOUS


def tags(labels: Iterable[str]) -> Mapping[str, UUID]:
    """Tags of the selected organization by label in small letters, and by slug."""
    wanted = {normal_label(label) for label in labels}
    if not wanted:
        return {}
    rows = ProductTag.objects.filter(organization_id=current_scope().organization_id, deleted_at__isnull=True)
    slugs = {tag_slug(label): label for label in wanted}
    known = rows.annotate(small=Lower("label")).filter(models.Q(small__in=wanted) | models.Q(slug__in=slugs))
    found: dict[str, UUID] = {}
    for pk, label, slug in known.values_list("pk", "label", "slug"):
        found |= {slugs[slug]: pk} if slug in slugs else {}
        found[normal_label(label)] = pk
    return found
