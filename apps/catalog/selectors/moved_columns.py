"""Columns of files of products, variants and prices, which exports write and imports read."""

from __future__ import annotations

from typing import Final

OPTION: Final = "option_"
CATEGORIES, TAGS, OPTIONS = "categories", "tags", "options"
# Cells of the dimensions, and the keys of the column that holds them.
DIMENSIONS: Final = {"width": "width", "height": "height", "depth": "depth", "dimensions_unit": "unit"}
PRODUCT_COLUMNS: Final = (
    *("title", "subtitle", "description", "sku", "handle", "product_type", "is_active"),
    *("primary_currency", "unit", "sales_unit", "sales_unit_quantity", "rounding_places", "rounding_mode"),
    *("shows_unit_price", "unit_price_reference", "unit_price_quantity", "weight", "weight_unit"),
    *("country_of_origin", "pkwiu_code", "cn_code", "hs_code", "tax_classification_code", "gtu_codes"),
    *("age_min", "is_excise_good", "excise_category", "requires_prescription", "hazmat_class", "un_number"),
    *("packing_group", "contains_lithium_battery", "launch_at", "end_of_life_at", "available_from"),
    *("available_until", "min_order_quantity", "max_order_quantity", "order_quantity_step", "requires_shipping"),
    *("is_quote_only", "seo_title", "seo_description", "canonical_url"),
)
VARIANT_COLUMNS: Final = (
    *("name", "sku", "barcode", "barcode_type", "hs_code", "is_default", "is_active", "weight", "weight_unit"),
)
# Fields that point to a record, by the name of the cell: the attribute of the row, which is also a name of the cell.
PRODUCT_POINTERS: Final = {"tax_class": "tax_class_id", "status": "status_id", "option_schema": "option_schema_id"}
VARIANT_POINTERS: Final = {"product": "product_id", "tax_class": "tax_class_id", "status": "status_id"}
PRICE_COLUMNS: Final = ("currency", "amount", "includes_tax", "min_quantity", "max_quantity")
PRICE_POINTERS: Final = {
    "product": "product_id",
    "variant": "variant_id",
    "kind": "kind_id",
    "price_list": "price_list_id",
    "offer": "offer_id",
    "channel": "channel_id",
    "customer": "customer_id",
    "customer_group": "customer_group_id",
    "user": "user_id",
    "user_group": "user_group_id",
}
