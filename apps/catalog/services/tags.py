"""Tags of products: adding, renaming, merging, deleting."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.catalog.calculations.words import tag_slug
from apps.catalog.features import MANAGE_PRODUCTS
from apps.catalog.models import ProductTag
from apps.catalog.models.categories import ProductTagging
from apps.catalog.services.products import create_product
from apps.kernel import clock
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.errors import Duplicate
from apps.kernel.commands.hiding import mark_hidden
from apps.kernel.commands.loading import keep_pointers_out, load_living
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.ids import uuid7
from apps.kernel.references.usages import release, repoint
from apps.kernel.references.validation import no_such_record
from apps.kernel.tenancy.scope import Scope, current_scope
from apps.kernel.words import squeezed

SAME = "catalog.tag.merge_same"


def _new_tag(scope: Scope) -> dict[str, Any]:
    return {"label": f"Organic {uuid7().hex[-6:]}"}


def _some_tag(scope: Scope) -> dict[str, Any]:
    return {"tag_id": create_tag(**_new_tag(scope)).pk}


def _renamed_tag(scope: Scope) -> dict[str, Any]:
    return {**_some_tag(scope), "label": f"Bio {uuid7().hex[-6:]}"}


def _two_tags(scope: Scope) -> dict[str, Any]:
    """Two tags, both on one product and the one that goes on another too."""
    gone, kept = (create_tag(**_new_tag(scope)) for _place in range(2))
    create_product(title="Green tea", tag_ids=[gone.pk, kept.pk])
    create_product(title="Black tea", tag_ids=[gone.pk])
    return {"tag_id": gone.pk, "into_id": kept.pk}


@command("catalog.tag.create", feature=MANAGE_PRODUCTS, example=_new_tag)
def create_tag(*, label: str) -> ProductTag:
    """Add a tag. Raises InvalidInput, Duplicate for a label that differs in capitals or accents only."""
    tag = ProductTag(organization_id=current_scope().writing_organization(), label=label)
    _demand_sound(tag)
    tag.save(force_insert=True)
    return tag


@command("catalog.tag.rename", feature=MANAGE_PRODUCTS, example=_renamed_tag)
def rename_tag(tag_id: UUID, *, label: str | Unchanged = UNCHANGED) -> ProductTag:
    """Give a tag another label, on all its products. Raises RowNotFound, InvalidInput, Duplicate."""
    tag = load_living(ProductTag, tag_id)
    set_given(tag, label=label)
    _demand_sound(tag)
    tag.save(update_fields=["label", "slug", "version"])
    return tag


@command("catalog.tag.merge", feature=MANAGE_PRODUCTS, example=_two_tags)
def merge_tag(tag_id: UUID, *, into_id: UUID) -> ProductTag:
    """Let another tag of the organization take the place of this one, which goes; the tag that stays.

    Raises RowNotFound, InvalidInput where there is no such other tag.
    """
    held = ProductTag.objects.select_for_update(of=("self",)).filter(pk__in=(tag_id, into_id)).order_by("pk")
    into: ProductTag | None = {row.pk: row for row in held if not row.is_deleted}.get(into_id)
    tag = load_living(ProductTag, tag_id)
    if into is None or into.organization_id != tag.organization_id:
        raise InvalidInput(errors=(no_such_record("into_id"),))
    if into.pk == tag.pk:
        raise InvalidInput(errors=(FieldError("into_id", SAME, _("A tag is not merged with itself.")),))
    taggings = ProductTagging.objects.filter(tag=tag)
    taggings.filter(product__in=ProductTagging.objects.filter(tag=into).values("product")).delete()
    taggings.update(tag=into, updated_at=clock.now())
    repoint(ProductTag.entity_id, tag.pk, into.pk)
    mark_hidden(tag)
    return into


@command("catalog.tag.delete", feature=MANAGE_PRODUCTS, example=_some_tag)
def delete_tag(tag_id: UUID) -> ProductTag:
    """Hide a tag and take it from all products; undo gives it back to them. Raises RowNotFound, InUse."""
    tag = load_living(ProductTag, tag_id)
    keep_pointers_out(tag)
    release(ProductTag.entity_id, [tag.pk])
    ProductTagging.objects.filter(tag=tag).delete()
    mark_hidden(tag)
    return tag


def _demand_sound(tag: ProductTag) -> None:
    tag.label = squeezed(tag.label)
    tag.slug = tag_slug(tag.label)
    demand_valid(tag, ("label",))
    rows = ProductTag.objects.filter(organization_id=tag.organization_id, slug=tag.slug, deleted_at__isnull=True)
    if rows.exclude(pk=tag.pk).exists():
        text = _("There is a tag of this label already.")
        raise Duplicate(errors=(FieldError("label", Duplicate.code, text),), fields="label")
