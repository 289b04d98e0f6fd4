"""The book of files for other modules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from apps.attachments.calculations.kinds import THUMBNAILS
from apps.attachments.contracts import AttachmentFacts
from apps.attachments.selectors.access import attachments_of, living_attachments
from apps.attachments.selectors.handing import facts_of
from apps.attachments.services.attaching import claim_attachments
from apps.attachments.services.links import link_to


class StoredAttachmentBook:
    """Files as the open scope's actor sees them."""

    def facts(self, ids: Iterable[UUID]) -> Mapping[UUID, AttachmentFacts]:
        """Facts by id; what the actor may not see is absent."""
        rows = living_attachments().filter(pk__in=set(ids)).select_related("file")
        return {row.pk: facts_of(row) for row in rows}

    def of_records(self, entity: str, record_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[AttachmentFacts]]:
        """The files of records of one kind; records without any are absent."""
        found: dict[UUID, list[AttachmentFacts]] = defaultdict(list)
        for row in attachments_of(entity, record_ids):
            if row.record_id is not None:
                found[row.record_id].append(facts_of(row))
        return dict(found)

    def claim(self, ids: Iterable[UUID], *, entity: str, record_id: UUID) -> None:
        """Give the actor's drafts to a record. Raises InvalidInput."""
        wanted = list(ids)
        if wanted:
            claim_attachments(wanted, entity=entity, record_id=record_id)

    def link(self, attachment_id: UUID, *, thumbnail: int | None = None) -> str | None:
        """An address for the open scope's actor; None for a file that is not handed out."""
        return self.links([attachment_id], thumbnail=thumbnail).get(attachment_id)

    def links(self, ids: Iterable[UUID], *, thumbnail: int | None = None) -> Mapping[UUID, str]:
        """Addresses for the open scope's actor; files that are not handed out are absent."""
        if thumbnail is not None and thumbnail not in THUMBNAILS:
            return {}
        rows = living_attachments().select_related("file").filter(pk__in=set(ids))
        found = {row.pk: link_to(row, thumbnail=thumbnail or 0) for row in rows}
        return {pk: address for pk, address in found.items() if address is not None}
