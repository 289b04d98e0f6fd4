"""Pictures of products, variants and offers: files that are attached to them, as far as the reader sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from apps.attachments.contracts import AttachmentBook, AttachmentFacts
from apps.catalog.models import Offer, Product, Variant
from apps.kernel.errors import RowNotFound
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope

FILES: Final = "attachments.attachment"
# What browsers show in place; other files of a record are no pictures.
PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
LARGE: Final = 480
OWNERS: Final[dict[str, type[Any]]] = {str(model.entity_id): model for model in (Product, Variant, Offer)}
Pictured = Product | Variant | Offer


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a record; `text` says what is to be seen, "" for nobody has said. `address` is None for a while
    after the upload, until a worker has looked at it. `own` is false for the product's pictures among
    those of a variant or an offer."""

    id: UUID
    name: str
    text: str
    width: int | None
    height: int | None
    address: str | None
    is_main: bool
    own: bool = True


def has_pictures() -> bool:
    """Say whether there are files in this house."""
    return ENTITIES.get(FILES) is not None


def owner_of(entity: str, record_id: UUID) -> Any:
    """The living product, variant or offer that the reader sees. Raises RowNotFound."""
    model = OWNERS.get(entity)
    if model is None or not current_scope().actor.access.allows(str(model.view_feature)):
        raise RowNotFound
    row = ENTITIES[entity].living().filter(pk=record_id).first()
    if row is None:
        raise RowNotFound
    return row


def pictures_of(row: Pictured) -> list[Picture]:
    """Pictures of the record in their order; of a variant or an offer its own, then its product's. Three queries."""
    if not has_pictures():
        return []
    book = service(AttachmentBook)
    own = _pictures(book, str(row.entity_id), row.pk)
    others = [] if isinstance(row, Product) else _pictures(book, str(Product.entity_id), row.product_id)
    links = book.links([item.id for item in (*own, *others)], thumbnail=LARGE)
    return [
        Picture(
            item.id,
            item.name,
            item.note,
            item.width,
            item.height,
            links.get(item.id),
            is_main=item.id == row.default_media_id,
            own=item.entity == row.entity_id,
        )
        for item in (*own, *others)
    ]


def is_picture_of(row: Pictured, attachment_id: UUID) -> bool:
    """Say whether the file is a picture that may stand for the record."""
    facts = service(AttachmentBook).facts([attachment_id]).get(attachment_id) if has_pictures() else None
    places = {(str(row.entity_id), row.pk)}
    if not isinstance(row, Product):
        places.add((str(Product.entity_id), row.product_id))
    return facts is not None and facts.content_type in PICTURES and (facts.entity, facts.record_id) in places


def may_add_pictures(entity: str) -> bool:
    """Say whether the reader may change records of the kind, and so their pictures."""
    return current_scope().actor.access.allows(str(OWNERS[entity].change_feature))


def _pictures(book: AttachmentBook, entity: str, record_id: UUID) -> Sequence[AttachmentFacts]:
    return [item for item in book.of_records(entity, [record_id]).get(record_id, ()) if item.content_type in PICTURES]
