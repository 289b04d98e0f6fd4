"""Back office pages of the catalog."""

from apps.catalog.admin.option_schemas import OptionSchemaPage
from apps.catalog.admin.products import ProductPage
from apps.catalog.admin.tags import ProductTagPage

__all__ = ["OptionSchemaPage", "ProductPage", "ProductTagPage"]
