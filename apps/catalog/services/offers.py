"""Offers: adding, changing, hiding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.catalog.errors import ListingExists
from apps.catalog.features import MANAGE_OFFERS
from apps.catalog.models import Offer, OfferKind, Product, Variant
from apps.catalog.selectors import listing_of
from apps.catalog.services.example_rows import example_product
from apps.catalog.services.media import picture_complaints
from apps.kernel import clock
from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.hiding import hide
from apps.kernel.commands.loading import keep_pointers_out, load_living
from apps.kernel.commands.unchanged import UNCHANGED, Unchanged, set_given
from apps.kernel.errors import FieldError, InvalidInput
from apps.kernel.references.validation import hold, no_such_record, validate_references
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import Scope, current_scope
from apps.kernel.words import squeezed

FIELDS = ("kind", "title", "description", "starts_at", "ends_at")
MONTH = timedelta(days=30)
PICTURE = "default_media_id"
NEEDED = "catalog.offer.date_needed"
ORDER = "catalog.offer.dates_reversed"
CHANNEL_NEEDED = "catalog.offer.channel_needed"
FOREIGN = "catalog.offer.variant_foreign"


def _new_offer(scope: Scope) -> dict[str, Any]:
    begins = clock.now()
    return {"product_id": example_product().pk, "title": "Summer sale", "starts_at": begins, "ends_at": begins + MONTH}


def _some_offer(scope: Scope) -> dict[str, Any]:
    return {"offer_id": create_offer(**_new_offer(scope)).pk}


def _changed_offer(scope: Scope) -> dict[str, Any]:
    return {**_some_offer(scope), "title": "Winter sale", "is_active": False}


@command("catalog.offer.create", feature=MANAGE_OFFERS, example=_new_offer)
def create_offer(
    *,
    product_id: UUID,
    variant_id: UUID | None = None,
    kind: str = OfferKind.PROMOTION,
    title: str = "",
    description: str = "",
    channel_id: UUID | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    is_active: bool = True,
    default_media_id: UUID | None = None,
    custom_fields: Mapping[str, Any] | None = None,
) -> Offer:
    """Offer a product, or one variant of it: for a while (a promotion), or in a channel (a listing).

    `default_media_id` is a picture of the product, None for its main one, whatever that is.
    Raises InvalidInput with all complaints, ListingExists with the id of the one that is there.
    """
    given = {name: value for name, value in locals().items() if name != "custom_fields"}
    organization_id = current_scope().writing_organization()
    product = _locked_product(product_id, organization_id)
    if product is None:
        raise InvalidInput(errors=(no_such_record("product_id"),))
    offer = Offer(organization_id=organization_id)
    set_given(offer, **given)
    offer.take(custom_fields)
    _demand_sound(offer, picture_complaints(offer, PICTURE, default_media_id))
    offer.save(force_insert=True)
    return offer


@command("catalog.offer.update", feature=MANAGE_OFFERS, example=_changed_offer)
def update_offer(
    offer_id: UUID,
    *,
    variant_id: UUID | Unchanged | None = UNCHANGED,
    kind: str | Unchanged = UNCHANGED,
    title: str | Unchanged = UNCHANGED,
    description: str | Unchanged = UNCHANGED,
    channel_id: UUID | Unchanged | None = UNCHANGED,
    starts_at: datetime | Unchanged | None = UNCHANGED,
    ends_at: datetime | Unchanged | None = UNCHANGED,
    is_active: bool | Unchanged = UNCHANGED,
    default_media_id: UUID | Unchanged | None = UNCHANGED,
    custom_fields: Mapping[str, Any] | None = None,
) -> Offer:
    """Change what is given; an offer stays with its product. Rules are those of the offer as it will be.

    `default_media_id` is a picture of the offer or its product, None for the product's main one.
    Raises RowNotFound, InvalidInput with all complaints, ListingExists.
    """
    given = {name: value for name, value in locals().items() if name not in {"offer_id", "custom_fields"}}
    offer = _living(offer_id)
    changed = set_given(offer, **given)
    offer.take(custom_fields)
    # Only what is chosen now is judged: whoever changes a title need not see the picture.
    _demand_sound(offer, picture_complaints(offer, PICTURE, offer.default_media_id) if PICTURE in changed else ())
    offer.save(update_fields=[*changed, "custom", "version"])
    return offer


@command("catalog.offer.delete", feature=MANAGE_OFFERS, example=_some_offer)
def delete_offer(offer_id: UUID) -> Offer:
    """Hide an offer; its prices are found no longer. Raises RowNotFound, InUse with counts."""
    offer = _living(offer_id)
    keep_pointers_out(offer)
    hide(offer)
    return offer


def _locked_product(product_id: UUID, organization_id: UUID) -> Product | None:
    """The living product, locked: who makes offers of one product waits for whoever does so now."""
    rows = Product.objects.select_for_update(no_key=True, of=("self",))
    found: Product | None = rows.filter(pk=product_id, organization_id=organization_id, deleted_at__isnull=True).first()
    return found


def _living(offer_id: UUID) -> Offer:
    """The offer, locked after its product. Raises RowNotFound, StaleVersion."""
    place = Offer.objects.filter(pk=offer_id).values_list("product_id", "organization_id").first()
    if place is not None:
        _locked_product(*place)
    return load_living(Offer, offer_id)


def _demand_sound(offer: Offer, more: Iterable[FieldError]) -> None:
    """Check the offer as it will be. Raises InvalidInput with all complaints, ListingExists."""
    offer.title = squeezed(offer.title)
    demand_valid(
        offer, FIELDS, more=[*_variant_complaints(offer), *_date_complaints(offer), *_channel_complaints(offer), *more]
    )
    validate_references([offer])
    if offer.kind == OfferKind.LISTING and (twin := listing_of(offer)) is not None:
        text = str(ListingExists.message)
        raise ListingExists(offer_id=str(twin.pk), errors=(FieldError("channel_id", ListingExists.code, text),))


def _variant_complaints(offer: Offer) -> Iterator[FieldError]:
    """Hold the variant, which is one of the product's."""
    if offer.variant_id is None:
        return
    found = Variant.objects.filter(pk__in=hold(ENTITIES[Variant.entity_id], {offer.variant_id})).first()
    if found is None or found.organization_id != offer.organization_id:
        yield no_such_record("variant_id")
    elif found.product_id != offer.product_id:
        yield FieldError("variant_id", FOREIGN, _("This variant belongs to another product."))


def _date_complaints(offer: Offer) -> Iterator[FieldError]:
    if offer.kind == OfferKind.PROMOTION:
        for name in ("starts_at", "ends_at"):
            if getattr(offer, name) is None:
                yield FieldError(name, NEEDED, _("A promotion says when it begins and when it ends."))
    if offer.starts_at and offer.ends_at and offer.ends_at <= offer.starts_at:
        yield FieldError("ends_at", ORDER, _("An offer ends after it has begun."))


def _channel_complaints(offer: Offer) -> Iterator[FieldError]:
    if offer.kind == OfferKind.LISTING and offer.channel_id is None:
        yield FieldError("channel_id", CHANNEL_NEEDED, _("A listing says in which channel."))
