"""System checks of a deployment: mails reach people, and nobody reads tokens over their shoulder."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Info, Tags, Warning, register

from apps.notifications.services.files import BACKEND, files_are_shown

NOWHERE: Final = frozenset({BACKEND, "django.core.mail.backends.console.EmailBackend"})


@register(Tags.security, deploy=True)
def check_mail_server(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A deployment has a mail server, and does not show mails with tokens to staff."""
    found: list[CheckMessage] = []
    if settings.EMAIL_BACKEND in NOWHERE:
        hint = "Set EMAIL_URL, for example to smtp://user:password@mail.example.org:587/?tls=1."
        found.append(Info("Mails are written down and reach nobody.", hint=hint, id="notifications.I001"))
    if files_are_shown():
        hint = "Unset AGORA_SHOW_MAIL_FILES: it is for development and demonstrations."
        found.append(Warning("Staff can read mails with other people's tokens.", hint=hint, id="notifications.W001"))
    return found
