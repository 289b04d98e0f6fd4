"""JSON by msgspec: several times faster than the standard library, with decimals as texts and times in UTC with `Z`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from django.utils.functional import Promise
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.serializer_helpers import ReturnDict, ReturnList


def _plain(value: Any) -> Any:
    """What msgspec does not know: lazy texts, DRF's own containers, and anything else that names itself."""
    if isinstance(value, Promise):
        return str(value)
    if isinstance(value, ReturnDict | Mapping):
        return dict(value)
    if isinstance(value, ReturnList | tuple | set | frozenset):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


ENCODER = msgspec.json.Encoder(enc_hook=_plain, decimal_format="string", uuid_format="canonical")


class FastJSONRenderer(JSONRenderer):
    """Every JSON answer of the REST interface. No indentation by request: the same bytes for everybody."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """The bytes; none for no data."""
        return b"" if data is None else ENCODER.encode(data)
