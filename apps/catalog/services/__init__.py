from apps.catalog.services.categories import (
    create_category,
    delete_category,
    move_category,
    reorder_categories,
    update_category,
)
from apps.catalog.services.category_products import assign_products, reorder_products, unassign_products
from apps.catalog.services.components import (
    create_component,
    delete_component,
    edit_components,
    set_relations,
    update_component,
)
from apps.catalog.services.conversions import create_conversion, delete_conversion, update_conversion
from apps.catalog.services.importing.prices import load_prices
from apps.catalog.services.importing.products import load_products
from apps.catalog.services.importing.variants import load_variants
from apps.catalog.services.media import set_product_media, set_variant_media
from apps.catalog.services.offers import create_offer, delete_offer, update_offer
from apps.catalog.services.option_schemas import create_option_schema, delete_option_schema, update_option_schema
from apps.catalog.services.price_change_jobs import goes_behind, start_change
from apps.catalog.services.price_changes import ChangeWay, change_prices, preview_change
from apps.catalog.services.price_drafts import PriceDraft
from apps.catalog.services.price_kinds import create_price_kind, delete_price_kind, update_price_kind
from apps.catalog.services.price_lists import create_price_list, delete_price_list, update_price_list
from apps.catalog.services.price_sets import Tier, set_prices, set_tiers
from apps.catalog.services.prices import close_price, correct_price, create_price
from apps.catalog.services.pricing_settings import update_pricing_settings
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
    "ChangeWay",
    "PriceDraft",
    "Tier",
    "archive_product",
    "archive_variant",
    "assign_products",
    "change_prices",
    "close_price",
    "correct_price",
    "create_category",
    "create_component",
    "create_conversion",
    "create_offer",
    "create_option_schema",
    "create_price",
    "create_price_kind",
    "create_price_list",
    "create_product",
    "create_tag",
    "create_variant",
    "delete_category",
    "delete_component",
    "delete_conversion",
    "delete_offer",
    "delete_option_schema",
    "delete_price_kind",
    "delete_price_list",
    "delete_product",
    "delete_tag",
    "delete_variant",
    "edit_components",
    "edit_variants",
    "generate_variants",
    "goes_behind",
    "load_prices",
    "load_products",
    "load_variants",
    "make_default_variant",
    "merge_tag",
    "move_category",
    "preview_change",
    "rename_tag",
    "reorder_categories",
    "reorder_products",
    "reorder_variants",
    "set_prices",
    "set_product_media",
    "set_relations",
    "set_tiers",
    "set_variant_media",
    "start_change",
    "unarchive_product",
    "unarchive_variant",
    "unassign_products",
    "update_category",
    "update_component",
    "update_conversion",
    "update_offer",
    "update_option_schema",
    "update_price_kind",
    "update_price_list",
    "update_pricing_settings",
    "update_product",
    "update_variant",
]
