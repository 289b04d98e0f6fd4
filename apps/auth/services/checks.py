"""What must be true of users' and roles' own values, and of passwords."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable, Iterable, Iterator

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext as _

from apps.auth.errors import WeakPassword
from apps.auth.models import User
from apps.kernel.commands.checking import complaints_of
from apps.kernel.errors import FieldError, InvalidInput

LONGEST_PASSWORD = 128


def user_complaints(user: User) -> Iterator[FieldError]:
    """What is wrong with name, language and time zone."""
    yield from complaints_of(user, ("name", "locale", "time_zone"))
    if user.locale not in dict(settings.LANGUAGES):
        yield FieldError("locale", "auth.user.locale", _("There is no such language."))
    if user.time_zone not in zoneinfo.available_timezones():
        yield FieldError("time_zone", "auth.user.time_zone", _("There is no such time zone."))


def email_complaints(email: str) -> Iterator[FieldError]:
    """What is wrong with the form of an address."""
    try:
        validate_email(email)
        email.encode()
    except (ValidationError, UnicodeError):
        yield FieldError("email", "invalid", _("Enter a valid e-mail address."))


def password_complaints(password: str) -> Iterator[FieldError]:
    """How a password breaks the policy: too short, too long, common or unreadable."""
    if len(password) > LONGEST_PASSWORD:
        text = _("Use at most {most} characters.").format(most=LONGEST_PASSWORD)
        yield FieldError("password", "password_too_long", text)
    if not _is_text(password):
        text = _("The password holds characters that cannot be stored.")
        yield FieldError("password", "password_unreadable", text)
    try:
        validate_password(password)
    except ValidationError as error:
        for item in error.error_list:
            yield FieldError("password", str(item.code or "invalid"), str(item.messages[0]))


def refuse(complaints: Iterable[FieldError]) -> None:
    """Raise InvalidInput with all complaints, WeakPassword where they are about nothing but the password."""
    found = tuple(complaints)
    if found and all(item.field == "password" for item in found):
        raise WeakPassword(errors=found)
    if found:
        raise InvalidInput(errors=found)


def demand_valid_name(row: models.Model) -> None:
    """Check the name. Raises InvalidInput."""
    refuse(complaints_of(row, ("name",)))


def _is_text(password: str) -> bool:
    try:
        password.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in password


def all_of(*checks: Callable[[], object]) -> None:
    """Run every check, and refuse with the complaints of all; a single refusal stays what it is."""
    refusals = list[InvalidInput]()
    for check in checks:
        try:
            check()
        except InvalidInput as refusal:
            refusals.append(refusal)
    if len(refusals) == 1:
        raise refusals[0]
    if refusals:
        raise InvalidInput(errors=tuple(item for refusal in refusals for item in refusal.errors))
