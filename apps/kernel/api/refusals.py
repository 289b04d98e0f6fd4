"""Refusals that only the web interface knows: bodies, methods, media types, guards."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import InvalidInput, PlatformError

NO_OBJECT = _("it is no JSON object")


class Malformed(InvalidInput):
    """A body that cannot be read; `reason` says why."""

    code = "kernel.malformed"
    message = _("The body cannot be read: {reason}.")


class TooLarge(PlatformError):
    """A body above the limit."""

    status = 413
    code = "kernel.too_large"
    message = _("The body is larger than {limit} bytes.")


class MediaTypeRefused(PlatformError):
    """A body of a type that nobody reads here."""

    status = 415
    code = "kernel.media_type"
    message = _("Send the body as application/json.")


class NotAcceptable(PlatformError):
    """The caller accepts no form that can be given."""

    status = 406
    code = "kernel.not_acceptable"
    message = _("The answer can be given as application/json only.")


class MethodRefused(PlatformError):
    """The address exists, the method does not; the header `Allow` lists those that do."""

    status = 405
    code = "kernel.method_not_allowed"
    message = _("This method is not possible here.")


class RateLimited(PlatformError):
    """Over the limit; the header `Retry-After` says for how many seconds."""

    status = 429
    code = "kernel.rate_limited"
    message = _("Too many requests. Try again in {retry_after} s.")

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(retry_after=retry_after)


class Forbidden(PlatformError):
    """Known, but not allowed, for a reason that is no feature."""

    status = 403
    code = "kernel.forbidden"
    message = _("This is not allowed.")


class CsrfFailed(PlatformError):
    """A write with a session cookie but without the token that proves where it came from."""

    status = 403
    code = "kernel.csrf_failed"
    message = _("The request lacks a valid CSRF token.")


class GuardMissing(PlatformError):
    """A view or one of its actions says nothing about who may call it: a fault of the program."""

    status = 403
    code = "kernel.guard_missing"
    message = "Nobody may do this: the address has no guard."


class Failed(PlatformError):
    """Something broke; what it was stands in the log."""

    status = 500
    code = "kernel.failed"
    message = _("Something went wrong on our side. It has been logged.")
