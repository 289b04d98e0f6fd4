"""Links to files: signed, for one subject, for some minutes. The signature opens nothing by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from apps.attachments.calculations.kinds import THUMBNAILS
from apps.attachments.models import Attachment
from apps.attachments.selectors.access import living_attachments
from apps.attachments.selectors.handing import is_handed_out
from apps.kernel import clock
from apps.kernel.errors import RowNotFound
from apps.kernel.tenancy.scope import Scope, current_scope, scope_or_none

SALT: Final = "attachments.link"
ROUTE: Final = "attachments.file"


@dataclass(frozen=True, slots=True)
class Meant:
    """The file that a link means, and the thumbnail of it (0: the file itself)."""

    attachment: Attachment
    thumbnail: int


def link_to(row: Attachment, *, thumbnail: int = 0) -> str | None:
    """An address that hands the file to the open scope's actor; None while it is not handed out, or was not drawn."""
    if not is_handed_out(row.file) or (thumbnail and not row.file.has_thumbnails):
        return None
    words = [row.pk.hex, thumbnail, *_subject(current_scope()), _end()]
    return reverse(ROUTE, args=[Signer(salt=SALT).sign_object(words)])


def meant_by(token: str) -> Meant:
    """The file of a link, for whoever calls now.

    Raises RowNotFound for a broken, expired or foreign link, and for a file that the caller sees no longer.
    """
    scope = scope_or_none()
    attachment_id, thumbnail, subject, end = _read(token)
    if scope is None or subject != _subject(scope) or end < clock.now().timestamp():
        raise RowNotFound
    row = living_attachments().select_related("file").filter(pk=attachment_id).first()
    if row is None or not is_handed_out(row.file) or (thumbnail and not row.file.has_thumbnails):
        raise RowNotFound
    return Meant(row, thumbnail)


def thumbnail_links(row: Attachment) -> dict[str, str]:
    """Addresses of the thumbnails by size; none while there are none."""
    links = {str(size): link_to(row, thumbnail=size) for size in THUMBNAILS}
    return {size: link for size, link in links.items() if link is not None}


def _read(token: str) -> tuple[UUID, int, list[str], int]:
    try:
        attachment_id, thumbnail, *subject, end = Signer(salt=SALT).unsign_object(token)
        return UUID(attachment_id), int(thumbnail), subject, int(end)
    except (BadSignature, ValueError, TypeError):
        raise RowNotFound from None


def _subject(scope: Scope) -> list[str]:
    actor = scope.actor
    return [scope.tenant_id.hex, str(actor.kind), actor.id.hex if actor.id is not None else ""]


def _end() -> int:
    """When the link ends. Links of the same few minutes are the same, so that browsers need not fetch anew."""
    step = max(1, settings.ATTACHMENTS_LINK_SECONDS)
    return (int(clock.now().timestamp()) // step + 2) * step
