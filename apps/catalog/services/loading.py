"""Products, variants and prices by set: rows that were judged before, written in a few statements however many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from apps.catalog.calculations.words import normal_label, tag_slug
from apps.catalog.models import CategoryAssignment, ProductTag, ProductTagging, Variant
from apps.catalog.selectors import ends_of, naming
from apps.kernel import clock
from apps.kernel.commands.loading import hold_lock
from apps.kernel.commands.running import note_bump
from apps.kernel.tenancy.scope import current_scope
from apps.kernel.words import squeezed

ROUND = 500


class Draft(Protocol):
    """A row as it will be: a new one, or one that is there, locked by who loads.

    `changed` names columns of a row that is there. Of `parts`, "categories" and "tags" hold ids that take the place of
    those that there are, "new_tags" labels of tags that are still to be made.
    """

    row: Any
    is_new: bool
    changed: set[str]
    parts: dict[str, Any]


def store_rows(drafts: Sequence[Draft]) -> None:
    """Write rows of one kind; each that is touched has a higher version afterwards."""
    new = [draft.row for draft in drafts if draft.is_new]
    known = [draft for draft in drafts if not draft.is_new]
    if new:
        type(new[0])._default_manager.bulk_create(new, batch_size=ROUND)
    if known:
        change_rows([draft.row for draft in known], {name for draft in known for name in draft.changed})


def change_rows(rows: Sequence[Any], names: Iterable[str]) -> None:
    """Update the columns of rows that are there."""
    now = clock.now()
    for row in rows:
        row.version, row.updated_at = row.version + 1, now
    columns = sorted({type(row)._meta.get_field(name).name for row in rows[:1] for name in names})
    type(rows[0])._default_manager.bulk_update(rows, [*columns, "version", "updated_at"], batch_size=100)
    for row in rows:
        note_bump(row)


def store_products(drafts: Sequence[Draft]) -> None:
    """Write products with their categories and tags."""
    if not drafts:
        return
    store_rows(drafts)
    made = make_tags(label for draft in drafts for label in draft.parts.get("new_tags", ()))
    for draft in drafts:
        if draft.parts.get("new_tags"):
            more = [made[normal_label(label)] for label in draft.parts["new_tags"]]
            draft.parts["tags"] = [*draft.parts.get("tags", ()), *more]
    assign({draft.row.pk: draft.parts["categories"] for draft in drafts if "categories" in draft.parts})
    mark({draft.row.pk: draft.parts["tags"] for draft in drafts if "tags" in draft.parts})


def make_tags(labels: Iterable[str]) -> Mapping[str, UUID]:
    """Tags by label in small letters; those that are not there are added."""
    texts: dict[str, str] = {}
    for label in labels:
        texts.setdefault(normal_label(label), squeezed(label))
    if not texts:
        return {}
    hold_lock(f"product tags of {current_scope().writing_organization()}")
    found = dict(naming.tags(texts))
    fresh: dict[str, ProductTag] = {}
    for name, text in texts.items():
        slug = tag_slug(text)
        if name not in found:
            fresh.setdefault(slug, ProductTag(label=text, slug=slug))
            found[name] = fresh[slug].pk
    ProductTag.objects.bulk_create(fresh.values())
    return found


def assign(wanted: Mapping[UUID, Sequence[UUID]]) -> None:
    """Let products be in these categories, in this order, and in no other ones.

    In a category that they come into they are the last ones; where they are already they keep their places.
    """
    if not wanted:
        return
    given = {(product, item): rank for product, ids in wanted.items() for rank, item in enumerate(dict.fromkeys(ids))}
    held = {(row.product_id, row.category_id): row for row in CategoryAssignment.objects.filter(product__in=wanted)}
    CategoryAssignment.objects.filter(pk__in=[row.pk for pair, row in held.items() if pair not in given]).delete()
    moved = [row for pair, row in held.items() if pair in given and row.rank != given[pair]]
    for row in moved:
        row.rank, row.updated_at = given[row.product_id, row.category_id], clock.now()
    if moved:
        CategoryAssignment.objects.bulk_update(moved, ["rank", "updated_at"], batch_size=ROUND)
    added = [pair for pair in given if pair not in held]
    ends = ends_of({item for _product, item in added}) if added else {}
    fresh = []
    for product, item in added:
        row = CategoryAssignment(product_id=product, category_id=item, position=ends[item], rank=given[product, item])
        fresh.append(row)
        ends[item] += 1
    CategoryAssignment.objects.bulk_create(fresh, batch_size=ROUND)


def mark(wanted: Mapping[UUID, Sequence[UUID]]) -> None:
    """Let products have these tags and no other ones."""
    if not wanted:
        return
    rows = ProductTagging.objects.filter(product__in=wanted).values_list("pk", "product_id", "tag_id")
    held = {(product_id, tag_id): pk for pk, product_id, tag_id in rows}
    given = {(product_id, tag_id) for product_id, ids in wanted.items() for tag_id in ids}
    ProductTagging.objects.filter(pk__in=[pk for pair, pk in held.items() if pair not in given]).delete()
    ProductTagging.objects.bulk_create(
        (ProductTagging(product_id=product_id, tag_id=tag_id) for product_id, tag_id in sorted(given - set(held))),
        batch_size=ROUND,
    )


def store_variants(drafts: Sequence[Draft]) -> None:
    """Write variants. Where one becomes the default of its product, the one before it steps back first."""
    if not drafts:
        return
    leading = {draft.row.product_id: draft.row.pk for draft in drafts if draft.row.is_default}
    former = Variant.objects.filter(product__in=leading, is_default=True, deleted_at__isnull=True)
    before = list(former.exclude(pk__in=leading.values()).select_for_update(no_key=True).order_by("pk"))
    for row in before:
        row.is_default = False
    if before:
        change_rows(before, ["is_default"])
    store_rows(drafts)
