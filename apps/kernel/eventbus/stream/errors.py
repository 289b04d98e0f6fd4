"""Refusals of the live stream."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from apps.kernel.api.refusals import RateLimited
from apps.kernel.errors import Unavailable


class StreamElsewhere(Unavailable):
    """This process cannot hold a stream: it answers one request after the other."""

    status = 501
    code = "kernel.stream.elsewhere"
    message: ClassVar[object] = _(
        "This process answers requests only; {path} is served by an ASGI process. A proxy has to pass it on."
    )


class StreamsFull(Unavailable):
    """The process holds as many streams as it may."""

    code = "kernel.stream.full"
    message: ClassVar[object] = _("No more streams are possible here now. Try again in {retry_after} s.")


class TooManyStreams(RateLimited):
    """One caller holds as many streams as anybody may."""

    code = "kernel.stream.too_many"
    message = _("You have too many streams open. Close one of them.")
