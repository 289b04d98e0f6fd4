"""`ETag` and `If-Match`: a writer may say which version of the record they saw."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from apps.kernel.errors import FieldError, InvalidInput

ETAG = re.compile(r'"(\d{1,9})"')


def etag_of(row: Any) -> str | None:
    """The record's version as an entity tag; None for a record without versions."""
    version = getattr(row, "version", None)
    return None if version is None else f'"{version}"'


def expected_version(request: Request) -> int | None:
    """The version in `If-Match`; None without it or for `*`. Raises InvalidInput for any other form."""
    header = request.headers.get("If-Match", "*").strip()
    if header == "*":
        return None
    found = ETAG.fullmatch(header)
    if found is None:
        text = _('Give one version in quotation marks, such as "3", or *.')
        raise InvalidInput(errors=(FieldError("If-Match", "kernel.etag.invalid", text),))
    return int(found[1])
