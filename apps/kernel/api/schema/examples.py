"""An example body for each operation, made from its serializer."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

SAMPLES: tuple[tuple[type[Any], Any], ...] = (
    (serializers.UUIDField, "0198c2f4-7a10-7c3e-9d55-2f6d1f0c9a11"),
    (serializers.EmailField, "ada@example.org"),
    (serializers.BooleanField, True),
    (serializers.IntegerField, 2),
    (serializers.DecimalField, "19.90"),
    (serializers.DateTimeField, "2026-03-29T10:15:00Z"),
    (serializers.DateField, "2026-03-29"),
    (serializers.CharField, "Example"),
)


def example_of(serializer: Any, *, partial: bool) -> dict[str, Any] | None:
    """Sample values of the fields that may be written; of a change the first two. None for no body."""
    form = serializer() if isinstance(serializer, type) else serializer
    if not isinstance(form, serializers.Serializer):
        return None
    fields = {name: field for name, field in form.fields.items() if not field.read_only}
    chosen = list(fields.items())[:2] if partial else [*fields.items()]
    return {name: sample(field) for name, field in chosen} or None


def sample(field: Any) -> Any:
    """A value that the field takes."""
    if isinstance(field, serializers.ChoiceField):
        return next(iter(field.choices), None)
    if isinstance(field, serializers.ListField):
        return [sample(field.child)]
    if isinstance(field, serializers.Serializer):
        return example_of(field, partial=False) or {}
    found: Any = next((value for kind, value in SAMPLES if isinstance(field, kind)), {})
    longest = getattr(field, "max_length", None)
    return found[:longest].upper() if isinstance(found, str) and longest and longest < len(found) else found
