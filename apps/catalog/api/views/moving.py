"""REST interface of files that the import reads back: products, variants, prices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from apps.catalog.api.serializers.moving import FileQuestion
from apps.catalog.features import VIEW_PRODUCTS
from apps.catalog.selectors.moving import CatalogFile, price_file, product_file, variant_file
from apps.kernel.api.exporting.answers import file_name, record_export
from apps.kernel.api.exporting.formats import FORMATS
from apps.kernel.api.exporting.streams import streaming_response
from apps.kernel.api.plain import PlainView
from apps.kernel.tenancy.scope import current_scope

OBJECTS = {"type": "array", "items": {"type": "object", "additionalProperties": True}}
ANSWER = {
    (200, form.media_type.partition(";")[0]): OBJECTS if form.id == "json" else OpenApiTypes.BINARY
    for form in FORMATS.values()
}


class _FileView(PlainView):
    """A file of everything of one kind in the selected organization."""

    features: ClassVar[tuple[str, ...]] = (VIEW_PRODUCTS,)
    written: ClassVar[Callable[[], CatalogFile]]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """A file is what it is, whatever the caller would rather have; refusals are JSON."""
        return super().perform_content_negotiation(request, force=True)

    def get(self, request: Request) -> StreamingHttpResponse:
        """The file, in constant memory; that it was handed out stands in the history."""
        form = FORMATS[self.asked(FileQuestion)["format"]]
        file = type(self).written()
        record_export(entity=file.entity, form=form.id, address=request.get_full_path(), rows=file.records.count())
        return streaming_response(
            request._request,
            current_scope(),
            lambda: form.write(file.names, file.rows()),
            **{
                "Content-Type": form.media_type,
                "Content-Disposition": f'attachment; filename="{file_name(file.entity, form)}"',
                "X-Content-Type-Options": "nosniff",
            },
        )


class ProductFileView(_FileView):
    """All products."""

    written = staticmethod(product_file)

    @extend_schema(parameters=[FileQuestion], responses=ANSWER)
    def get(self, request: Request) -> StreamingHttpResponse:
        """Products with categories, tags and custom fields, as the import reads them."""
        return super().get(request)


class VariantFileView(_FileView):
    """All variants."""

    written = staticmethod(variant_file)

    @extend_schema(parameters=[FileQuestion], responses=ANSWER)
    def get(self, request: Request) -> StreamingHttpResponse:
        """Variants with a column for each option, as the import reads them."""
        return super().get(request)


class PriceFileView(_FileView):
    """All prices that are known today."""

    written = staticmethod(price_file)

    @extend_schema(parameters=[FileQuestion], responses=ANSWER)
    def get(self, request: Request) -> StreamingHttpResponse:
        """Prices with everything that they are narrowed by, as the import reads them."""
        return super().get(request)
