"""The OpenAPI document, drawn from the views as they are: features, parameters, shapes and refusals."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework.request import Request

from apps.kernel.api.bulk import BulkSerializer
from apps.kernel.api.permissions import features_of, guard_of
from apps.kernel.api.reading.viewset import ReadingViewSet
from apps.kernel.api.schema.examples import example_of
from apps.kernel.api.schema.parameters import header_parameters, is_versioned, list_parameters, record_parameters
from apps.kernel.api.schema.problems import COMPONENT, responses, statuses

SAFE = ("GET", "HEAD", "OPTIONS")
JSON = "application/json"


class HouseSchema(AutoSchema):
    """One operation. Views name their shapes with `extend_schema` only where they have one of their own."""

    view: Any

    @property
    def action(self) -> str:
        """The view set's action, or the method of a plain view."""
        return str(getattr(self.view, "action", None) or self.method.lower())

    @property
    def is_write(self) -> bool:
        """Say whether the operation changes something."""
        return self.method not in SAFE

    @property
    def is_public(self) -> bool:
        """Say whether anybody may call it."""
        return bool(guard_of(self.view, "public", self.action))

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        """The operation with what all of the house have."""
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        features = features_of(self.view, self.action)
        operation["x-features"] = list(features)
        operation["description"] = self._described(operation.get("description", ""), features)
        operation["parameters"] = [*operation.get("parameters", []), *self._house_parameters()]
        operation["responses"] = {**self._refusals(), **operation["responses"]}
        if not operation["parameters"]:
            del operation["parameters"]
        return operation

    def _described(self, text: str, features: tuple[str, ...]) -> str:
        reason = guard_of(self.view, "public", self.action) or guard_of(self.view, "authenticated", self.action)
        rights = f"Needs {', '.join(f'`{item}`' for item in features)}." if features else ""
        who = rights or ("Open to everybody." if self.is_public else "Open to everybody who has signed in.")
        return f"{text}\n\n{who}" + (f" Why: {reason}." if reason else "")

    def _house_parameters(self) -> list[dict[str, Any]]:
        found = header_parameters(is_write=self.is_write, is_versioned=self._is_versioned(), is_public=self.is_public)
        if not isinstance(self.view, ReadingViewSet):
            return found
        shape = self.view.shape()
        if self.action == "list":
            return [*list_parameters(shape, has_search=bool(shape.entity.search)), *found]
        return [*record_parameters(shape), *found] if self.action == "retrieve" else found

    def _is_versioned(self) -> bool:
        has_record = isinstance(self.view, ReadingViewSet) and getattr(self.view, "detail", False)
        return bool(has_record) and is_versioned(self.view.kind().model)

    def _refusals(self) -> dict[str, Any]:
        codes = statuses(
            is_public=self.is_public,
            is_write=self.is_write,
            is_detail="{" in self.path,
            is_versioned=self._is_versioned(),
        )
        return responses(codes)

    def get_request_serializer(self) -> Any:
        """The body; none for actions that only press a button."""
        if isinstance(self.view, ReadingViewSet) and self.action == "bulk":
            return BulkSerializer
        return super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        """The answer, as the base gives it."""
        if not isinstance(self.view, ReadingViewSet):
            return super().get_response_serializers()
        if self.action == "list":
            return {200: self._page(), 202: ACCEPTED}
        if self.action == "bulk":
            return {200: BULK_DONE, 202: ACCEPTED}
        return super().get_response_serializers()

    def _page(self) -> dict[str, Any]:
        record = self.resolve_serializer(self.view.listing_serializer()(), "response").ref
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "properties": {
                "count": {"type": ["integer", "null"]},
                "count_capped": {"type": "boolean"},
                "next": link,
                "previous": link,
                "results": {"type": "array", "items": record},
            },
            "required": ["count", "next", "previous", "results"],
        }

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Lists say themselves what a page looks like."""
        return False

    def map_renderers(self, attribute: str) -> list[Any]:
        """JSON; files of lists have a parameter of their own."""
        return [JSON] if attribute == "media_type" else ["json"]

    def get_tags(self) -> list[str]:
        """The module."""
        return [self.path.strip("/").split("/")[1]]

    def _get_request_for_media_type(self, serializer: Any, direction: Any = "request") -> Any:
        schema, required = super()._get_request_for_media_type(serializer, direction)  # type: ignore[no-untyped-call]
        example = example_of(serializer, partial=self.method == "PATCH")
        if schema is not None and example is not None and "$ref" in schema:
            schema = {"allOf": [schema], "examples": [example]}
        return schema, required


ACCEPTED: dict[str, Any] = {
    "type": "object",
    "description": "The work goes on behind the answer.",
    "properties": {"progress_job_id": {"type": "string", "format": "uuid"}, "progress": {"type": "string"}},
    "required": ["progress_job_id", "progress"],
}
BULK_DONE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "action": {"type": "string"},
        "count": {"type": "integer"},
        "dry_run": {"type": "boolean"},
    },
    "required": ["action", "count", "dry_run"],
}


def only_api(endpoints: list[Any], **_: Any) -> list[Any]:
    """Addresses of the REST interface, without its own pages."""
    return [item for item in endpoints if item[0].startswith("/api/")]


def with_problem(result: dict[str, Any], generator: Any, request: Request | None, public: bool) -> dict[str, Any]:
    """Add the shape of refusals to the document."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = COMPONENT
    return result
