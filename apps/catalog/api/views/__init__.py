from apps.catalog.api.views.option_schemas import OptionSchemaViewSet
from apps.catalog.api.views.products import ProductViewSet
from apps.catalog.api.views.tags import TagViewSet

__all__ = ["OptionSchemaViewSet", "ProductViewSet", "TagViewSet"]
