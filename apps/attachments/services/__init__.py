"""What is done with files: receiving, attaching, checking, handing out, sweeping."""

from apps.attachments.services.attaching import (
    claim_attachments,
    create_attachment,
    delete_attachment,
    update_attachment,
)
from apps.attachments.services.book import StoredAttachmentBook

__all__ = [
    "StoredAttachmentBook",
    "claim_attachments",
    "create_attachment",
    "delete_attachment",
    "update_attachment",
]
