"""The OpenAPI document, drawn from the views as they are: features, parameters, shapes and refusals."""

from __future__ import annotations

import re
from typing import Any

from django.urls import resolve
from drf_spectacular.openapi import AutoSchema
from rest_framework.request import Request

from apps.kernel.api.added import body_shapes
from apps.kernel.api.bulk import BulkSerializer
from apps.kernel.api.permissions import features_of, guard_of
from apps.kernel.api.reading.viewset import ReadingViewSet
from apps.kernel.api.routers import COMMAND_OF
from apps.kernel.api.schema import orders, parameters, problems, security
from apps.kernel.api.schema.examples import add_examples
from apps.kernel.api.schema.headers import Facts, add_headers
from apps.kernel.api.schema.shapes import (
    ACCEPTED,
    BULK_DONE,
    FILES,
    MOVED,
    add_extras,
    closed,
    exact,
    or_nothing,
    page,
    part,
)
from apps.kernel.api.schema.wording import standard_text
from apps.kernel.api.serializers import Empty
from apps.kernel.api.viewsets import CommandViewSet

SAFE = ("GET", "HEAD", "OPTIONS")
JSON = "application/json"
PARAMETER = re.compile(r"\{\w+\}")
ANY_ID = "00000000-0000-0000-0000-000000000000"


class HouseSchema(AutoSchema):
    """One operation. Views name their shapes with `extend_schema` only where they have one of their own.

    A view may also say: `paged`, its actions that answer pages (`list`); `whole_details`, that its details take no
    parameters; `keyless`, methods that take no idempotency key because they write nothing of their own; `moves`,
    actions that answer 308 for a record whose place another one has taken.
    """

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

    @property
    def is_paged(self) -> bool:
        """Say whether it answers a page of records."""
        return isinstance(self.view, ReadingViewSet) and self.action in getattr(self.view, "paged", ("list",))

    @property
    def is_chosen(self) -> bool:
        """Say whether the caller may choose the fields of the one record that it answers."""
        reads = isinstance(self.view, ReadingViewSet) and self.action == "retrieve"
        return reads and not getattr(self.view, "whole_details", False)

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        """The operation with what all of the house have."""
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        features = features_of(self.view, self.action)
        operation["x-features"] = list(features)
        text = standard_text(self.view, self.action) or operation.get("description", "")
        operation["summary"] = text.partition("\n")[0]
        operation["description"] = self._described(text, features)
        operation["parameters"] = [*operation.get("parameters", []), *self._house_parameters()]
        operation["responses"] = {**self._refusals(), **operation["responses"]}
        add_headers(operation["responses"], self._facts())
        if not operation["parameters"]:
            del operation["parameters"]
        return operation

    def get_operation_id(self) -> str:
        """The route's name and the action: `currencies_currency_list`."""
        name = str(resolve(PARAMETER.sub(ANY_ID, self.path)).url_name)
        base = getattr(self.view, "basename", None) or name.removesuffix(f"-{self.action}")
        return f"{base}.{self.action}".replace(".", "_").replace("-", "_")

    def _described(self, text: str, features: tuple[str, ...]) -> str:
        reason = guard_of(self.view, "public", self.action) or guard_of(self.view, "authenticated", self.action)
        rights = f"Needs {', '.join(f'`{item}`' for item in features)}." if features else ""
        who = rights or ("Open to everybody." if self.is_public else "Open to everybody who has signed in.")
        return f"{text}\n\n{who}" + (f" Why: {reason}." if reason else "")

    def _house_parameters(self) -> list[dict[str, Any]]:
        found = parameters.header_parameters(
            is_write=self.is_write and self.method.lower() not in getattr(self.view, "keyless", ()),
            is_versioned=self._is_versioned(),
            is_public=self.is_public,
        )
        if not isinstance(self.view, ReadingViewSet):
            return found
        found += parameters.interceptor_headers(self.view.entity, self.method, self.path)
        if self.is_paged:
            shape = self.view.whole_shape()
            test = orders.condition(self.registry, shape)
            return [*parameters.list_parameters(shape, test, has_files=self.action == "list"), *found]
        return [*parameters.record_parameters(self.view.whole_shape()), *found] if self.is_chosen else found

    def _is_versioned(self) -> bool:
        has_record = isinstance(self.view, ReadingViewSet) and getattr(self.view, "detail", False)
        return bool(has_record) and parameters.is_versioned(self.view.kind().model)

    def _facts(self) -> Facts:
        return Facts(
            is_write=self.is_write,
            is_versioned=self._is_versioned() or (self.action == "create" and self._makes_versioned()),
            is_creation=self.action == "create" and isinstance(self.view, CommandViewSet),
        )

    def _makes_versioned(self) -> bool:
        return isinstance(self.view, CommandViewSet) and parameters.is_versioned(self.view.kind().model)

    def _refusals(self) -> dict[str, Any]:
        codes = problems.statuses(
            is_public=self.is_public,
            is_write=self.is_write,
            is_detail="{" in self.path,
            is_versioned=self._is_versioned(),
        )
        return problems.responses(codes)

    def get_auth(self) -> list[dict[str, Any]]:
        """One of the ways to sign in; none for public operations."""
        return security.NOBODY if self.is_public else security.ANY_WAY

    def get_request_serializer(self) -> Any:
        """The body; an empty one for actions that only press a button."""
        if isinstance(self.view, CommandViewSet) and self.action == "bulk":
            return BulkSerializer
        if isinstance(self.view, CommandViewSet) and self.is_write and self.action not in COMMAND_OF:
            return Empty
        return super().get_request_serializer()

    def _get_request_for_media_type(self, serializer: Any, direction: Any = "request") -> Any:
        if serializer is not BulkSerializer:
            return super()._get_request_for_media_type(serializer, direction)  # type: ignore[no-untyped-call]
        changes = None
        if self.view.update_command is not None:
            form = self.view.changing_serializer()(partial=True)
            changes = {"allOf": [self.resolve_serializer(form, "request").ref], "minProperties": 1}
            if added := body_shapes(self.view.entity):  # saved with one record only
                changes["properties"] = dict.fromkeys(added, False)
        return orders.order(self.registry, self.view.whole_shape(), tuple(self.view.offered_bulk()), changes), True

    def get_response_serializers(self) -> Any:
        """The answer, as the base gives it."""
        if isinstance(self.view, CommandViewSet) and self.action == "bulk":
            return {200: BULK_DONE, 202: ACCEPTED}
        return self.view.listing_serializer() if self.is_paged else super().get_response_serializers()

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        found: dict[str, Any] = super()._get_response_bodies(direction)
        if isinstance(self.view, ReadingViewSet):
            add_extras(self.registry, found, self.view.kind())
        if self.is_paged or self.is_chosen:
            content = found["200"]["content"][JSON]
            content["schema"] = part(self.registry, content["schema"], self.view.whole_shape(), self._beside())
        if self.is_paged:
            shape = page(self.registry, content["schema"])
            has_files = self.action == "list"
            content["schema"] = (
                {"anyOf": [shape, {"type": "array", "items": content["schema"]}]} if has_files else shape
            )
            found["200"]["content"] |= FILES if has_files else {}
            found |= {"202": {"description": "", "content": {JSON: {"schema": ACCEPTED}}}} if has_files else {}
        if self.action in getattr(self.view, "moves", ()):
            found["308"] = {"description": "", "content": {JSON: {"schema": MOVED}}}
        for code, answer in found.items():
            answer["description"] = answer.get("description") or problems.DONE[code]
        return found

    def _beside(self) -> dict[str, Any]:
        """What the view adds to the records of its list."""
        shapes = self.view.beside.items() if self.is_paged else ()
        return {name: or_nothing(self.resolve_serializer(shape(), "response").ref) for name, shape in shapes}

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        schema = super()._map_serializer_field(field, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        return exact(field, schema, is_request=direction == "request")

    def _insert_field_validators(self, field: Any, schema: Any) -> None:
        """What may be empty may also have a form that takes nothing, so that both are meant at once."""
        super()._insert_field_validators(field, schema)  # type: ignore[no-untyped-call]
        if "oneOf" in schema:
            schema["anyOf"] = schema.pop("oneOf")

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Any:
        schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        return closed(serializer, schema) if direction == "request" else schema

    def _is_list_view(self, serializer: Any = None) -> bool:
        """Lists say themselves what a page looks like."""
        return False

    def map_renderers(self, attribute: str) -> list[Any]:
        """JSON; files of lists have a parameter of their own."""
        return [JSON] if attribute == "media_type" else ["json"]

    def get_tags(self) -> list[str]:
        """The module."""
        return [self.path.strip("/").split("/")[1]]


def only_api(endpoints: list[Any], **_: Any) -> list[Any]:
    """Addresses of the REST interface, without its own pages."""
    return [item for item in endpoints if item[0].startswith("/api/")]


def with_problem(result: dict[str, Any], generator: Any, request: Request | None, public: bool) -> dict[str, Any]:
    """Add the shape of refusals and the ways to sign in to the document, and an example to each operation."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = problems.COMPONENT
    components["securitySchemes"] = security.definitions()
    add_examples(result)
    return result
