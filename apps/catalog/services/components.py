"""What bundles and groups are made of, and what is shown beside a product."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.catalog.errors import BundleInItself, NotABundle, TooManyParts
from apps.catalog.features import MANAGE_PRODUCTS
from apps.catalog.models import Component, Product, ProductRelation, ProductType, Relation, Variant
from apps.catalog.selectors import components_of, contains, relations_of
from apps.catalog.services.example_rows import example_product, writing_examples
from apps.kernel import clock
from apps.kernel.commands.checking import complaints_of, demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.errors import Duplicate
from apps.kernel.commands.loading import hold_lock, load_for_update, load_living
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.errors import FieldError, InvalidInput, RowNotFound, too_many
from apps.kernel.ordering import placed
from apps.kernel.references.usages import release
from apps.kernel.references.validation import no_such_record
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import Scope, current_scope

FIELDS = ("quantity", "min_quantity", "max_quantity")
MADE_OF_OTHERS = (ProductType.BUNDLE, ProductType.GROUPED)
MOST_PARTS, MOST_RELATED = 100, 200


def _new_component(scope: Scope) -> dict[str, Any]:
    bundle = example_product(product_type=ProductType.BUNDLE)
    return {"parent_id": bundle.pk, "product_id": example_product().pk, "quantity": Decimal(2)}


def _some_component(scope: Scope) -> dict[str, Any]:
    given = _new_component(scope)
    row = Component(**given)
    with writing_examples():
        row.save(force_insert=True)
    return {"component_id": row.pk}


def _changed_component(scope: Scope) -> dict[str, Any]:
    return {**_some_component(scope), "quantity": Decimal("1.5"), "is_optional": True, "max_quantity": Decimal(3)}


def _edited(scope: Scope) -> dict[str, Any]:
    given = _new_component(scope)
    parts = [
        Component(**{**given, "product_id": product_id}, position=place)
        for place, product_id in enumerate((given["product_id"], example_product().pk))
    ]
    third = Component(
        parent_id=given["parent_id"],
        product_id=example_product().pk,
        position=2,
    )
    with writing_examples():
        Component.objects.bulk_create([*parts, third])
    rows = [{"id": parts[1].pk, "quantity": Decimal(3)}, {"id": parts[0].pk, "is_optional": True}]
    return {"product_id": given["parent_id"], "components": rows}


def _relations(scope: Scope) -> dict[str, Any]:
    first, second, third = (example_product() for _number in range(3))
    rows = [{"related_id": second.pk, "kind": Relation.ACCESSORY}, {"related_id": third.pk}]
    return {"product_id": first.pk, "relations": rows}


@command("catalog.component.create", feature=MANAGE_PRODUCTS, example=_new_component)
def create_component(
    *,
    parent_id: UUID,
    product_id: UUID,
    variant_id: UUID | None = None,
    quantity: Decimal = Decimal(1),
    min_quantity: Decimal | None = None,
    max_quantity: Decimal | None = None,
    is_optional: bool = False,
    position: int | None = None,
) -> Component:
    """Add a part to a bundle or group, at a place among the others.

    Raises InvalidInput with all complaints, NotABundle, BundleInItself, TooManyParts, Duplicate.
    """
    hold_bundles()
    _hold_products(parent_id, product_id)
    parent = _found(parent_id, field="parent_id")
    if parent.product_type not in MADE_OF_OTHERS:
        raise NotABundle
    part = Component(parent=parent, organization_id=parent.organization_id)
    part.quantity, part.min_quantity, part.max_quantity = quantity, min_quantity, max_quantity
    part.is_optional = is_optional
    part.product = _found(product_id, field="product_id", organization_id=parent.organization_id)
    part.variant = _variant(variant_id, part.product)
    others = list(components_of(parent.pk))
    _demand_sound(part)
    _demand_new(part, others)
    _number(placed(others, part, position), part)
    part.save(force_insert=True)
    return part


@command("catalog.component.update", feature=MANAGE_PRODUCTS, example=_changed_component)
def update_component(
    component_id: UUID,
    *,
    quantity: Decimal | Unchanged = UNCHANGED,
    min_quantity: Decimal | Unchanged | None = UNCHANGED,
    max_quantity: Decimal | Unchanged | None = UNCHANGED,
    is_optional: bool | Unchanged = UNCHANGED,
    position: int | Unchanged | None = UNCHANGED,
) -> Component:
    """Change how much of a part there is; it stays what it is. Raises RowNotFound, InvalidInput."""
    given = {key: value for key, value in locals().items() if key not in {"component_id", "position"}}
    hold_bundles()
    part = _living(component_id)
    changed = set_given(part, **given)
    _demand_sound(part)
    if position is not UNCHANGED:
        others = [row for row in components_of(part.parent_id) if row.pk != part.pk]
        _number(placed(others, part, position), part)
        changed.append("position")
    part.save(update_fields=changed)
    return part


@command("catalog.component.delete", feature=MANAGE_PRODUCTS, example=_some_component)
def delete_component(component_id: UUID) -> None:
    """Take a part out of its bundle. Raises RowNotFound, InUse with counts."""
    hold_bundles()
    _take_out([_living(component_id).pk])


@command("catalog.product.edit_components", feature=MANAGE_PRODUCTS, example=_edited)
def edit_components(product_id: UUID, *, components: Sequence[Mapping[str, Any]]) -> Product:
    """Change the parts of a bundle together: they stand in the order given, and those that are not named go.

    A row is `{"id"}` and what changes of quantity, min_quantity, max_quantity, is_optional. Raises RowNotFound,
    InvalidInput with all complaints at `components.<n>.<field>`, InUse with counts.
    """
    hold_bundles()
    product = load_living(Product, product_id)
    rows = {row.pk: row for row in components_of(product.pk)}
    complaints, kept, changed = list[FieldError](), list[Component](), list[Component]()
    for place, values in enumerate(components):
        row = rows.get(values["id"])
        if row is None or row in kept:
            complaints.append(no_such_record(f"components.{place}.id"))
            continue
        wanted = {**{name: values[name] for name in (*FIELDS, "is_optional") if name in values}, "position": len(kept)}
        if any(getattr(row, name) != value for name, value in wanted.items()):
            changed.append(row)
        set_given(row, **wanted)
        kept.append(row)
        complaints += [
            FieldError(f"components.{place}.{item.field}", item.code, item.message) for item in _complaints(row)
        ]
    if complaints:
        raise InvalidInput(errors=tuple(complaints))
    for row in changed:
        row.updated_at = clock.now()
    if changed:
        Component.objects.bulk_update(changed, [*FIELDS, "is_optional", "position", "updated_at"])
    if gone := [pk for pk, row in rows.items() if row not in kept]:
        _take_out(gone)
    return product


@command("catalog.product.set_relations", feature=MANAGE_PRODUCTS, example=_relations)
def set_relations(product_id: UUID, *, relations: Sequence[Mapping[str, Any]]) -> Product:
    """Say which products are shown beside a product, in this order; those that are not named go.

    A row is `{"related_id", "kind"}`, the kind `related` unless it says so. Raises RowNotFound, InvalidInput with all
    complaints at `relations.<n>.<field>`.
    """
    product = load_living(Product, product_id)
    wanted = [(item["related_id"], Relation(item.get("kind") or Relation.RELATED)) for item in relations]
    _demand_relations(product, wanted)
    held = {(row.related_id, Relation(row.kind)): row for row in relations_of(product.pk)}
    ProductRelation.objects.filter(pk__in=[row.pk for key, row in held.items() if key not in wanted]).delete()
    moved = [held[key] for place, key in enumerate(wanted) if key in held and held[key].position != place]
    for row in moved:
        row.position, row.updated_at = wanted.index((row.related_id, Relation(row.kind))), clock.now()
    if moved:
        ProductRelation.objects.bulk_update(moved, ["position", "updated_at"])
    ProductRelation.objects.bulk_create(
        ProductRelation(
            product=product,
            related_id=related_id,
            kind=kind,
            position=place,
            organization_id=product.organization_id,
        )
        for place, (related_id, kind) in enumerate(wanted)
        if (related_id, kind) not in held
    )
    return product


def judge_part(part: Component) -> None:
    """Refuse a part by which a bundle would contain itself. Raises BundleInItself."""
    if contains(part.product_id, part.parent_id):
        raise BundleInItself(product=str(part.product), parent=str(part.parent))


def hold_bundles() -> None:
    """Let whoever changes bundles of the tenant follow one another: a circle is closed by two changes at once."""
    hold_lock(f"bundles of {current_scope().tenant_id}")


def _hold_products(*product_ids: UUID) -> None:
    """Lock products by id, as everybody does."""
    rows = Product.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=product_ids)
    list(rows.order_by("pk"))


def _take_out(ids: Collection[UUID]) -> None:
    """Delete parts that nothing points to; whoever is about to waits, and then finds them gone. Raises InUse."""
    rows = Component.objects.filter(pk__in=ids)
    list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    release(Component.entity_id, ids)
    rows.delete()


def _living(component_id: UUID) -> Component:
    part = load_for_update(Component, component_id)
    if part.parent.is_deleted:
        raise RowNotFound
    return part


def _found(product_id: UUID, *, field: str, organization_id: UUID | None = None) -> Product:
    """A living product. Raises InvalidInput."""
    rows = ENTITIES[Product.entity_id].living().filter(pk=product_id)
    if organization_id is not None:
        rows = rows.filter(organization_id=organization_id)
    found: Product | None = rows.first()
    if found is None:
        raise InvalidInput(errors=(no_such_record(field),))
    return found


def _variant(variant_id: UUID | None, product: Product) -> Variant | None:
    if variant_id is None:
        return None
    found: Variant | None = Variant.objects.filter(pk=variant_id, product=product, deleted_at__isnull=True).first()
    if found is None:
        raise InvalidInput(errors=(no_such_record("variant_id"),))
    return found


def _demand_sound(part: Component) -> None:
    demand_valid(part, (), more=_complaints(part))


def _complaints(part: Component) -> list[FieldError]:
    """What is wrong with the quantities of a part."""
    text = _("This has to be more than zero.")
    given = {name: getattr(part, name) for name in FIELDS}
    found = [FieldError(name, "min_value", text) for name, value in given.items() if value is not None and value <= 0]
    found += complaints_of(part, FIELDS)
    least, most = part.min_quantity, part.max_quantity
    if not found and least is not None and most is not None and most < least:
        found.append(FieldError("max_quantity", "min_value", _("This has to be at least the smallest quantity.")))
    return found


def _demand_new(part: Component, others: Collection[Component]) -> None:
    """Refuse what the bundle has, or is, already. Raises TooManyParts, Duplicate, BundleInItself."""
    if len(others) >= MOST_PARTS:
        raise TooManyParts(most=MOST_PARTS)
    if any((row.product_id, row.variant_id) == (part.product_id, part.variant_id) for row in others):
        error = FieldError("product_id", Duplicate.code, _("This is a part of it already."))
        raise Duplicate(errors=(error,), fields="product_id")
    judge_part(part)


def _number(order: Sequence[Component], own: Component) -> None:
    moved = [row for place, row in enumerate(order) if row.position != place and row is not own]
    for place, row in enumerate(order):
        row.position = place
    for row in moved:
        row.updated_at = clock.now()
    if moved:
        Component.objects.bulk_update(moved, ["position", "updated_at"])


def _demand_relations(product: Product, wanted: Sequence[tuple[UUID, Relation]]) -> None:
    living = ENTITIES[Product.entity_id].living().filter(organization_id=product.organization_id)
    known = set(living.filter(pk__in={related_id for related_id, _kind in wanted}).values_list("pk", flat=True))
    found = []
    for place, pair in enumerate(wanted):
        if pair[0] not in known or pair[0] == product.pk:
            found.append(no_such_record(f"relations.{place}.related_id"))
        elif pair in wanted[:place]:
            text = _("This stands here twice.")
            found.append(FieldError(f"relations.{place}.related_id", "catalog.relation.repeated", text))
    if len(wanted) > MOST_RELATED:
        found.append(too_many("relations", MOST_RELATED))
    if found:
        raise InvalidInput(errors=tuple(found))
