"""A file for demonstrations."""

from __future__ import annotations

import hashlib
import io
from typing import Final

from apps.attachments.models import Attachment
from apps.attachments.services.attaching import ORGANIZATION, create_attachment
from apps.attachments.services.storing import Received, store
from apps.kernel.tenancy.scope import Scope, in_organization, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction

NAME: Final = "opening hours.txt"
TEXT: Final = b"Monday to Friday  8:00 - 18:00\nSaturday          9:00 - 13:00\n"


def attach_sample(scope: Scope) -> None:
    """Put a small text on the first organization, unless the tenant has files already."""
    for organization_id in sorted(scope.organization_ids)[:1]:
        with using_scope(in_organization(scope, organization_id)):
            with scoped_transaction():
                if Attachment.objects.exists():
                    return
            file = store(Received(io.BytesIO(TEXT), len(TEXT), hashlib.sha256(TEXT).hexdigest(), NAME))
            create_attachment(file.pk, entity=ORGANIZATION, record_id=organization_id, name=NAME)
