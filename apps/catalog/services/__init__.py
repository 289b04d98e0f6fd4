from apps.catalog.services.option_schemas import create_option_schema, delete_option_schema, update_option_schema
from apps.catalog.services.products import (
    archive_product,
    create_product,
    delete_product,
    unarchive_product,
    update_product,
)
from apps.catalog.services.tags import create_tag, delete_tag, merge_tag, rename_tag

__all__ = [
    "archive_product",
    "create_option_schema",
    "create_product",
    "create_tag",
    "delete_option_schema",
    "delete_product",
    "delete_tag",
    "merge_tag",
    "rename_tag",
    "unarchive_product",
    "update_option_schema",
    "update_product",
]
