from apps.catalog.services.components import (
    create_component,
    delete_component,
    edit_components,
    set_relations,
    update_component,
)
from apps.catalog.services.conversions import create_conversion, delete_conversion, unit_complaints, update_conversion
from apps.catalog.services.option_schemas import create_option_schema, delete_option_schema, update_option_schema
from apps.catalog.services.products import (
    archive_product,
    create_product,
    delete_product,
    unarchive_product,
    update_product,
)
from apps.catalog.services.tags import create_tag, delete_tag, merge_tag, rename_tag
from apps.catalog.services.variant_sets import edit_variants, generate_variants
from apps.catalog.services.variants import (
    archive_variant,
    create_variant,
    delete_variant,
    make_default_variant,
    reorder_variants,
    unarchive_variant,
    update_variant,
)

__all__ = [
    "archive_product",
    "archive_variant",
    "create_component",
    "create_conversion",
    "create_option_schema",
    "create_product",
    "create_tag",
    "create_variant",
    "delete_component",
    "delete_conversion",
    "delete_option_schema",
    "delete_product",
    "delete_tag",
    "delete_variant",
    "edit_components",
    "edit_variants",
    "generate_variants",
    "make_default_variant",
    "merge_tag",
    "rename_tag",
    "reorder_variants",
    "set_relations",
    "unarchive_product",
    "unarchive_variant",
    "unit_complaints",
    "update_component",
    "update_conversion",
    "update_option_schema",
    "update_product",
    "update_variant",
]
