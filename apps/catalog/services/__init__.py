from apps.catalog.services.components import (
    create_component,
    delete_component,
    edit_components,
    set_relations,
    update_component,
)
from apps.catalog.services.conversions import (
    create_conversion,
    delete_conversion,
    unit_complaints,
    update_conversion,
)
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
    "archive_variant",
    "create_component",
    "create_conversion",
    "create_variant",
    "delete_component",
    "delete_conversion",
    "delete_variant",
    "edit_components",
    "edit_variants",
    "generate_variants",
    "make_default_variant",
    "reorder_variants",
    "set_relations",
    "unarchive_variant",
    "unit_complaints",
    "update_component",
    "update_conversion",
    "update_variant",
]
