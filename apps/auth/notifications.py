"""Mails about passwords and locks."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.letters import MailTemplate, SecretMaker, mail_template

PASSWORD_RESET: Final = "auth.password_reset"  # noqa: S105 - the name of a mail

PASSWORD_CHANGED: Final = mail_template(
    "auth.password_changed",
    label=_("Password was changed"),
    subject=_("Your password was changed"),
    body=_(
        "Hello {{ name }},\n\n"
        "the password of your account at {{ tenant }} was changed on {{ at }}. "
        "Wherever you were signed in, you have to sign in again.\n\n"
        "If that was not you, tell your administrator at once."
    ),
).id

ACCOUNT_LOCKED: Final = mail_template(
    "auth.account_locked",
    label=_("Account was locked"),
    subject=_("Your account is locked for a while"),
    body=_(
        "Hello {{ name }},\n\n"
        "somebody gave a wrong password for your account at {{ tenant }} too often. "
        "Nobody can sign in with it until {{ until }}; after that your password works as before.\n\n"
        "If that was not you, somebody may be guessing your password. A new one ends the lock at once."
    ),
).id


def declare_password_reset(maker: SecretMaker) -> MailTemplate:
    """Declare the mail with the token for a new password; its maker stores the token, so it is a service."""
    return mail_template(
        PASSWORD_RESET,
        label=_("New password"),
        subject=_("Set a new password"),
        body=_(
            "Hello {{ name }},\n\n"
            "somebody asked for a new password for your account at {{ tenant }}. "
            "You can set one within {{ minutes }} minutes, once.\n\n"
            "If that was not you, ignore this mail: your password stays as it is."
        ),
        button=_("Set a new password"),
        link="link",
        secret=maker,
    )
