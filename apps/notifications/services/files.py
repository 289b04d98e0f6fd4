"""Mails as files, for development: one folder for each tenant, to be read in the back office."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage as OutgoingMessage
from django.core.mail.backends.base import BaseEmailBackend

from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import current_scope

BACKEND: Final = "apps.notifications.services.files.FileBackend"
SUFFIX: Final = ".eml"
SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class WrittenMail:
    """A file as a mail program shows it; `written_at` None and empty texts where the file says nothing."""

    id: UUID
    to: str
    subject: str
    written_at: datetime | None
    text: str


class FileBackend(BaseEmailBackend):
    """Django's mail back end that writes `<EMAIL_FILE_PATH>/<tenant>/<id>.eml`, readable by the owner only."""

    def __init__(self, fail_silently: bool = False, **kwargs: Any) -> None:
        super().__init__(fail_silently=fail_silently)

    def send_messages(self, email_messages: Sequence[OutgoingMessage]) -> int:
        """Write each message to a file of its own. Raises OSError, ScopeMissing."""
        for message in email_messages:
            _write(message.message().as_bytes())
        return len(email_messages)


def _write(content: bytes) -> None:
    folder = tenant_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = str(uuid7())
    draft = folder / f"{name}.part"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    draft.rename(folder / f"{name}{SUFFIX}")  # nobody reads half a mail


def tenant_folder() -> Path:
    """Where the mails of the open scope's tenant lie."""
    return Path(settings.EMAIL_FILE_PATH) / str(current_scope().tenant_id)


def files_are_shown() -> bool:
    """Say whether mails are written to files, and the installation shows them to staff: never in production."""
    return settings.EMAIL_BACKEND == BACKEND and bool(settings.MAIL_FILES_SHOWN)


def written_mails(*, limit: int = SHOWN) -> list[WrittenMail]:
    """The tenant's newest mails first; their ids grow with time."""
    try:
        names = [entry.name for entry in os.scandir(tenant_folder()) if entry.is_file(follow_symlinks=False)]
    except FileNotFoundError:
        return []
    ids = sorted((found for name in names if (found := _id_of(name))), reverse=True)
    return [mail for file_id in ids[:limit] if (mail := written_mail(file_id))]


def written_mail(file_id: UUID) -> WrittenMail | None:
    """One of the tenant's mails; None for one that is not there. An id leads nowhere else than into the folder."""
    path = tenant_folder() / f"{file_id}{SUFFIX}"
    if path.is_symlink() or not path.is_file():
        return None
    return _read(file_id, path.read_bytes())


def _id_of(name: str) -> UUID | None:
    try:
        return UUID(name.removesuffix(SUFFIX)) if name.endswith(SUFFIX) else None
    except ValueError:
        return None


def _read(file_id: UUID, content: bytes) -> WrittenMail:
    message = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
    body = message.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    return WrittenMail(file_id, str(message["To"] or ""), str(message["Subject"] or ""), _date(message), str(text))


def _date(message: EmailMessage) -> datetime | None:
    try:
        return parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return None
