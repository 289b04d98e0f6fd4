"""Refusals of the notifications module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.errors import Conflict, InvalidInput, PlatformError


class AddressInvalid(InvalidInput):
    """What should be an e-mail address is none."""

    code = "notifications.mail.address_invalid"
    message = _("This is not an e-mail address.")


class SubjectInvalid(InvalidInput):
    """The subject of a mail is empty or has more than one line: a second one could be a header of its own."""

    code = "notifications.mail.subject_invalid"
    message = _("The subject of a mail is one line of text.")


class LinkRefused(InvalidInput):
    """The address behind a mail's button leads somewhere else than into this installation."""

    code = "notifications.mail.link_refused"
    message = _("A mail links to pages of this installation only.")


class TemplateMisused(PlatformError):
    """A mail with a token was asked for as a plain one, or the other way round: a fault of the program."""

    status = 500
    code = "notifications.template.misused"
    message = "The mail template {template} {complaint}."


class NotRetryable(Conflict):
    """Only a mail that was given up can be sent again."""

    code = "notifications.mail.not_retryable"
    message = _("Only a mail that failed can be sent again.")


class ContentGone(Conflict):
    """The text of the mail has been removed, so there is nothing to send."""

    code = "notifications.mail.content_gone"
    message = _("The text of this mail is not kept any more, so it cannot be sent again.")


class NotCancellable(Conflict):
    """A mail that has left, or is leaving right now, cannot be stopped."""

    code = "notifications.mail.not_cancellable"
    message = _("Only a mail that waits or failed can be cancelled.")
