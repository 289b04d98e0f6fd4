"""Refusals: every expected "no" of the platform is one of these classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class FieldError:
    """One complaint about one input field; `field` is a dotted path, `""` the input as a whole."""

    field: str
    code: str
    message: str


def too_many(field: str, most: int) -> FieldError:
    """The complaint about a list with more in it than there may be."""
    return FieldError(field, "too_many", gettext("There are at most {most} of them.").format(most=most))


class PlatformError(Exception):
    """An expected refusal: `status` is the HTTP status, `code` the stable public name.

    Keyword arguments become the typed context: they fill `message` and are shown to the caller,
    so no secret and no row of another tenant may stand in them.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "kernel.refused"
    message: ClassVar[object] = _("The request was refused.")  # a text, or a lazily translated one

    def __init__(self, *, errors: tuple[FieldError, ...] = (), **context: Any) -> None:
        self.errors = errors
        # As text in the reader's language, so that whoever writes an answer needs no more than plain values.
        self.context: dict[str, Any] = {
            name: str(value) if isinstance(value, Promise) else value for name, value in context.items()
        }
        super().__init__(self.detail)

    @property
    def detail(self) -> str:
        """The message for people, with the context filled in."""
        return str(self.message).format_map(_Blank(self.context))


class _Blank(dict[str, Any]):
    """A mapping that shows a missing key as its own name, so that a message never fails to render."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


class InvalidInput(PlatformError):
    """Input of the wrong shape: all complaints at once in `errors`."""

    code = "kernel.invalid"
    message: ClassVar[object] = _("Some fields are not valid.")


class NotAuthenticated(PlatformError):
    """No or bad authentication."""

    status = 401
    code = "kernel.not_authenticated"
    message: ClassVar[object] = _("Sign in first.")


class FeatureRequired(PlatformError):
    """The actor lacks a feature, named in the context."""

    status = 403
    code = "kernel.feature_required"
    message: ClassVar[object] = _("This needs the permission {feature}.")


class RowNotFound(PlatformError):
    """Missing and foreign rows look the same."""

    status = 404
    code = "kernel.not_found"
    message: ClassVar[object] = _("There is no such record.")


class Conflict(PlatformError):
    """The state of the data does not allow this now."""

    status = 409
    code = "kernel.conflict"
    message: ClassVar[object] = _("The current state does not allow this.")


class StaleVersion(PlatformError):
    """Somebody else changed the record meanwhile."""

    status = 412
    code = "kernel.stale_version"
    message: ClassVar[object] = _("The record was changed meanwhile: it is at version {current_version} now.")


class Unprocessable(PlatformError):
    """Well-formed, but cannot be used here."""

    status = 422
    code = "kernel.unprocessable"
    message: ClassVar[object] = _("This cannot be used here.")


class Unavailable(PlatformError):
    """Something the platform needs does not answer."""

    status = 503
    code = "kernel.unavailable"
    message: ClassVar[object] = _("A part of the platform does not answer. Try again later.")
