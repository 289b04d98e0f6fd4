"""AppConfig of the attachments module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import Manifest, ModuleConfig
from apps.kernel.services import provide


class AttachmentsConfig(ModuleConfig):
    """Files on records of any kind."""

    name = "apps.attachments"
    label = "attachments"
    verbose_name = _("Files")
    manifest = Manifest(
        id="attachments",
        label=_("Files"),
        requires=("directory",),
        description=_("Files on records of any kind: kept in private, checked, and as open as their record."),
        leaves_out={
            "events": "nothing happens here but what the images of its rows tell",
            "search": "who may see a file is asked of its record, whose kind is only known by the row",
            "custom_fields": "a file has a note; what else is to be known of it belongs to its record",
        },
    )

    def ready(self) -> None:
        """Offer the files to the other modules, and the scanner that the installation has set up."""
        from django.conf import settings  # noqa: PLC0415

        from apps.attachments.contracts import AttachmentBook, Scanner  # noqa: PLC0415
        from apps.attachments.providers.choosing import scanner_at  # noqa: PLC0415
        from apps.attachments.services import (  # noqa: PLC0415
            StoredAttachmentBook,
            checks,  # noqa: F401 - registers the system checks
        )

        provide(AttachmentBook, StoredAttachmentBook(), name="attachments.book")
        provide(Scanner, scanner_at(settings.ATTACHMENTS_SCANNER), name="attachments.scanner")
