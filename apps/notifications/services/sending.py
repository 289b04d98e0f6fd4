"""Hands one mail to the mail server, and says in the words of the work room what a failure means."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from email.utils import format_datetime
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from typing import Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from apps.kernel import clock
from apps.kernel.errors import PlatformError
from apps.kernel.registry.store import NotRegistered
from apps.kernel.work.errors import NeedsConfiguration, Permanent, Retry, WorkFailed
from apps.notifications.calculations import reply_code
from apps.notifications.services.rendering import Rendered

# What a reply of 5xx means at each point of the talk; 4xx is always tried again.
REFUSALS: Final[tuple[tuple[type[SMTPResponseException], str, type[WorkFailed]], ...]] = (
    (SMTPConnectError, "The mail server is not ready", Retry),
    (SMTPHeloError, "The mail server is not ready", Retry),
    (SMTPAuthenticationError, "The mail server does not accept the name and password of EMAIL_URL", NeedsConfiguration),
    (SMTPSenderRefused, "The mail server does not accept the sender MAIL_FROM", NeedsConfiguration),
    (SMTPDataError, "The mail server refused the mail", Permanent),
    (SMTPResponseException, "The mail server refused to talk as EMAIL_URL asks", NeedsConfiguration),
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail that is ready to leave; `message_id` tells receivers which tries are one mail."""

    message_id: str
    letter: Rendered


def send(outgoing: Outgoing) -> None:
    """Send now, on a connection of its own. Raises what Django's mail back end raises: see `failure_of`."""
    letter = outgoing.letter
    headers = {
        "Message-ID": outgoing.message_id,
        "Date": format_datetime(clock.now()),
        "Auto-Submitted": "auto-generated",  # RFC 3834: no holiday notices, please
        "Content-Language": letter.locale,
    }
    message = EmailMultiAlternatives(
        letter.subject, letter.text, settings.DEFAULT_FROM_EMAIL, [letter.to], headers=headers
    )
    message.attach_alternative(letter.html, "text/html")
    get_connection().send_messages([message])


def failure_of(error: Exception) -> WorkFailed:
    """The failure in the words of the work room, without address, secret or anything that the server said."""
    if isinstance(error, WorkFailed):
        return error
    if isinstance(error, SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()), (550, b""))
        return _refusal("The mail server refused the recipient", Permanent, code, text)
    for kind, words, hopeless in REFUSALS:
        if isinstance(error, kind):
            return _refusal(words, hopeless, error.smtp_code, error.smtp_error)
    if isinstance(error, SMTPNotSupportedError):
        return NeedsConfiguration("The mail server lacks what EMAIL_URL asks for")
    if isinstance(error, OSError):
        return _unreachable(error)
    return _unmade(error)


def is_foreseen(error: Exception) -> bool:
    """Say whether the failure's own words say all there is; of others the log keeps the trace."""
    return isinstance(error, WorkFailed | OSError)


def _refusal(words: str, hopeless: type[WorkFailed], code: int, text: str | bytes) -> WorkFailed:
    reason = f"{words} ({reply_code(code, text)})"
    return hopeless(reason) if code >= 500 else Retry(reason)


def _unreachable(error: OSError) -> WorkFailed:
    if isinstance(error, ssl.SSLError):
        return Retry(f"No trusted connection to the mail server ({type(error).__name__})")
    if isinstance(error, SMTPException):
        return Retry(f"The mail server broke off or kept silent ({type(error).__name__})")
    # What the system calls it, which names neither host nor file.
    return Retry(f"The mail could not be handed over ({error.strerror or type(error).__name__})")


def _unmade(error: Exception) -> WorkFailed:
    """A fault of the letter or of its maker: waiting helps only where something does not answer."""
    if isinstance(error, PlatformError) and error.status < 500:
        return Permanent(f"The letter could not be made ({error.code})")
    if isinstance(error, NotRegistered):
        return Permanent("The letter could not be made: no installed module declares its template")
    name = error.code if isinstance(error, PlatformError) else type(error).__name__
    return Retry(f"The letter could not be made ({name})")
