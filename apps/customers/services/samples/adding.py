"""Gives an organization sample customers: people, companies and their story of two years, as one bulk of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from apps.customers.calculations import first_of, joined
from apps.customers.features import MANAGE_SETTINGS
from apps.customers.models import Company, Customer, CustomerGroup, CustomerRecord, Person, Tag
from apps.customers.services.loading import Draft, store_drafts
from apps.customers.services.reaching import ADDRESSES, CONTACT_POINTS
from apps.customers.services.samples.data import COLORS, GROUPS, TAGS
from apps.customers.services.samples.deals import DealDraw
from apps.customers.services.samples.drawing import CompanySample, Draw, PersonSample
from apps.customers.services.samples.interactions import draw_interactions
from apps.customers.services.samples.roles import give_roles
from apps.customers.services.samples.trading import Cast, add_deals, add_interactions
from apps.customers.services.samples.voices import Voices
from apps.dictionaries.contracts import DictionaryBook
from apps.directory.contracts import TenantBook
from apps.kernel import clock
from apps.kernel.commands.declarations import command
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope

ROUND = 500


@dataclass(frozen=True, slots=True)
class Shelves:
    """What the samples are marked with and looked after by: ids by what they are called."""

    values: dict[tuple[str, str], UUID]
    tags: list[UUID]
    groups: dict[str, UUID]
    owners: list[UUID]


@command(
    "customers.sample.add",
    feature=MANAGE_SETTINGS,
    resource="customers.customer",
    undoable=False,
    undo_reason=_("it begins a demonstration, which is made anew instead."),
)
def add_samples(*, seed: str, people: int, companies: int, deals: int = 0, interactions: int = 0) -> int:
    """Add made-up customers and their story to the selected organization, the same ones for the same `seed`; how many.

    Deals need a pipeline, and are left out without one.
    """
    profile = service(TenantBook).profile()
    language = profile.locale.partition("-")[0]
    zone = ZoneInfo(profile.time_zone)
    draw = Draw(f"customers {seed}", language, clock.now(), profile.base_currency, zone)
    shelves = _shelves(language)
    drawn = draw.companies(companies)
    made = [_company(sample, shelves, draw) for sample in drawn]
    for draft, sample in zip(made, drawn, strict=True):
        if sample.parent is not None:
            draft.row.parent_id = made[sample.parent].row.pk  # type: ignore[attr-defined]
    _store(made)
    met = draw.people(people, drawn)
    persons = [_person(sample, shelves, draw, made) for sample in met]
    _store(persons)
    give_roles([item.row.pk for item in persons])
    cast = Cast([item.row.pk for item in made], [item.row.pk for item in persons], shelves.owners, seed)
    dealing = DealDraw(seed, language, draw.until, profile.base_currency, zone)
    dealt = dealing.deals(deals, drawn, met) if companies else []
    talking = partial(draw_interactions, seed=seed, language=language, until=draw.until, zone=zone)
    talked = talking(interactions, met) if people else []
    voices = Voices(cast, met, language=language, until=draw.until, zone=zone)
    told = add_deals(dealt, cast, current_scope().writing_organization()) + add_interactions(talked, cast)
    return len(made) + len(persons) + told + voices.add_comments() + voices.add_consents()


def _store(drafts: Sequence[Draft]) -> None:
    for start in range(0, len(drafts), ROUND):
        store_drafts(drafts[start : start + ROUND])


def _shelves(language: str) -> Shelves:
    labels = TAGS.get(language, TAGS["en"])
    tags = [
        Tag(label=label, normalized_label=label.casefold(), color=color)
        for label, color in zip(labels, COLORS, strict=True)
    ]
    groups = [
        CustomerGroup(code=code, name=names.get(language, names["en"]), rank=10 * rank)
        for rank, (code, names) in enumerate(GROUPS.items(), start=1)
    ]
    Tag.objects.bulk_create(tags)
    CustomerGroup.objects.bulk_create(groups)
    kind, book = ENTITIES.get("auth.user"), service(DictionaryBook)
    keys = ("status", "lifecycle_stage", "source", "temperature")
    values = {(key, item.value): item.id for key in keys for item in book.entries(f"customers.{key}")}
    owners = list(kind.living().order_by("name", "pk").values_list("pk", flat=True)) if kind is not None else []
    return Shelves(values, [tag.pk for tag in tags], {group.code: group.pk for group in groups}, owners)


def _company(sample: CompanySample, shelves: Shelves, draw: Draw) -> Draft:
    row = Company(**sample.values, **_standing(sample, shelves, draw))
    row.display_name = first_of(row.brand_name, row.legal_name)
    groups = [shelves.groups[sample.group]] if sample.group else []
    return _draft(row, sample, shelves, addresses=[sample.address], groups=groups)


def _person(sample: PersonSample, shelves: Shelves, draw: Draw, companies: Sequence[Draft]) -> Draft:
    warmth = shelves.values.get(("temperature", sample.temperature))
    row = Person(**sample.values, **_standing(sample, shelves, draw), temperature_id=warmth)
    row.display_name = joined(row.first_name, row.last_name)
    draft = _draft(row, sample, shelves, addresses=[sample.address] if sample.address else [], groups=())
    draft.company_id = companies[sample.company].row.pk if sample.company is not None else None
    return draft


def _standing(sample: CompanySample | PersonSample, shelves: Shelves, draw: Draw) -> dict[str, Any]:
    """Columns that both have: how they stand, who looks after them, since when they are there."""
    status = "inactive" if sample.stage == "former" else "active"
    return {
        "status_id": shelves.values.get(("status", status)),
        "lifecycle_stage_id": shelves.values.get(("lifecycle_stage", sample.stage)),
        "source_id": shelves.values.get(("source", sample.source)),
        "owner_id": draw.one_of([*shelves.owners, None]) if shelves.owners else None,
        "created_at": sample.created_at,
        "updated_at": sample.created_at,
    }


def _draft(
    row: CustomerRecord,
    sample: CompanySample | PersonSample,
    shelves: Shelves,
    *,
    addresses: Sequence[dict[str, Any]],
    groups: Iterable[UUID],
) -> Draft:
    identity = Customer(pk=row.pk, kind=row.kind, name=row.display_name)
    return Draft(
        row,
        points=CONTACT_POINTS.settle(identity, sample.points),
        addresses=ADDRESSES.settle(identity, addresses),
        tag_ids=[shelves.tags[place] for place in sample.tags],
        group_ids=list(groups),
    )
