"""WrittenOption schemas: adding, changing, deleting, with care for the variants that have their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from apps.catalog.calculations.options import LONGEST_CODE, WrittenOption, settled_options
from apps.catalog.errors import OptionSchemaInUse, OptionValuesInvalid
from apps.catalog.features import MANAGE_SETTINGS
from apps.catalog.models import OptionSchema, Variant
from apps.catalog.selectors import broken_variants, schema_usage, variants_with_options
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import keep_pointers_out, load_living
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.errors import FieldError
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import Scope, current_scope
from apps.kernel.words import slug_of, squeezed

FIELDS: Final = ("name", "code", "description")
NAMED = 5
SIZE: Final = {"label": "Size", "is_required": True, "choices": [{"label": "S"}, {"label": "M"}, {"label": "L"}]}


def _new_schema(scope: Scope) -> dict[str, Any]:
    return {"name": "Clothing", "code": f"clothing-{uuid7().hex[-8:]}", "options": [SIZE]}


def _some_schema(scope: Scope) -> dict[str, Any]:
    return {"option_schema_id": create_option_schema(**_new_schema(scope)).pk}


def _changed_schema(scope: Scope) -> dict[str, Any]:
    return {**_some_schema(scope), "options": [SIZE, {"label": "Engraving", "input_type": "text"}]}


@command("catalog.option_schema.create", feature=MANAGE_SETTINGS, example=_new_schema)
def create_option_schema(
    *, name: str, code: str = "", description: str = "", options: Sequence[WrittenOption] = (), is_active: bool = True
) -> OptionSchema:
    """Add options for products to share; a code that is not given is made of the name, as far as it has letters a–z.

    Raises InvalidInput with all complaints, Duplicate.
    """
    schema = OptionSchema(
        organization_id=current_scope().writing_organization(),
        name=squeezed(name),
        code=code or _code_of(name),
        description=description,
        is_active=is_active,
    )
    set_options(schema, options)
    schema.save(force_insert=True)
    return schema


def _code_of(name: str) -> str:
    return slug_of(name, longest=LONGEST_CODE) or f"options-{uuid7().hex[-12:]}"


@command("catalog.option_schema.update", feature=MANAGE_SETTINGS, example=_changed_schema)
def update_option_schema(
    option_schema_id: UUID,
    *,
    name: str | Unchanged = UNCHANGED,
    code: str | Unchanged = UNCHANGED,
    description: str | Unchanged = UNCHANGED,
    options: Sequence[WrittenOption] | None = None,
    is_active: bool | Unchanged = UNCHANGED,
) -> OptionSchema:
    """Change what is given; options are set as a whole, and every variant's values have to fit them still.

    An empty code is made of the name, as it is of new ones.

    Raises RowNotFound, InvalidInput with all complaints, Duplicate, OptionValuesInvalid with the names of variants.
    """
    schema = _held(option_schema_id)
    changed = set_given(schema, name=name, code=code, description=description, is_active=is_active)
    schema.name = squeezed(schema.name)
    schema.code = schema.code or _code_of(schema.name)
    former = schema.options
    set_options(schema, options)
    demand_fitting(variants_with_options(product__option_schema=schema), before=former, after=schema.options)
    schema.save(update_fields=[*changed, "options", "version"])
    return schema


@command("catalog.option_schema.delete", feature=MANAGE_SETTINGS, example=_some_schema)
def delete_option_schema(option_schema_id: UUID) -> OptionSchema:
    """Hide options that no product has. Raises RowNotFound, OptionSchemaInUse and InUse with counts."""
    schema = _held(option_schema_id)
    products, variants = schema_usage([schema.pk]).get(schema.pk, (0, 0))
    if products:
        raise OptionSchemaInUse(products=products, variants=variants)
    hide_schema(schema)
    return schema


def _held(schema_id: UUID) -> OptionSchema:
    """The living schema, locked; whoever is about to give it to a product waits, and so does who holds it for one."""
    schema = load_living(OptionSchema, schema_id)
    keep_pointers_out(schema)
    return schema


def set_options(schema: OptionSchema, options: Sequence[WrittenOption] | None, *, path: str = "") -> None:
    """Give the schema its options, None leaving them, and check all of it. Raises InvalidInput with all complaints.

    `path` says where in the caller's input the schema stands: `schema.`.
    """
    complaints: list[FieldError] = []
    if options is not None:
        schema.options, complaints = settled_options(options, f"{path}options")
    demand_valid(schema, FIELDS, more=complaints)


def demand_fitting(
    variants: QuerySet[Variant], *, before: Sequence[WrittenOption], after: Sequence[WrittenOption]
) -> None:
    """Refuse options by which values of variants become invalid. Raises OptionValuesInvalid."""
    if list(before) == list(after):
        return
    if broken := broken_variants(variants, before=before, after=after):
        names = ", ".join(broken[:NAMED]) + (", …" if len(broken) > NAMED else "")
        raise OptionValuesInvalid(count=len(broken), names=names, variants=broken[:NAMED])


def hide_schema(schema: OptionSchema) -> None:
    """Hide a schema that no product has any more. Raises InUse with counts."""
    hide(schema)


def values_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The texts of a schema that is written with its product; None and what is missing are left out."""
    return {name: given[name] for name in FIELDS if given.get(name) is not None}
