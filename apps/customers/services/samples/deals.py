"""Draws deals of sample customers: where they stand, what they are worth, when they were won or lost."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from apps.customers.services.samples.drawing import CompanySample, PersonSample
from apps.customers.services.samples.hours import at_work

# What is sold, in the tenant's language; the company's name stands behind it. The demonstration's Polish group sells
# clothes, parts of machines and delicacies, its German company parts of machines only.
TITLES: Final[Mapping[str, tuple[str, ...]]] = {
    "pl": ("Odzież firmowa", "Stroje dla obsługi hotelu", "Części zamienne", "Kosze prezentowe", "Kawa do biura"),
    "de": ("Ersatzteile für ein Jahr", "Rahmenvertrag Normteile", "Wartungspaket", "Werkstattlager", "Neue Hydraulik"),
    "es": ("Ropa de trabajo", "Repuestos para un año", "Desayunos de hotel", "Cestas de regalo", "Mantenimiento"),
    "en": ("Staff clothing", "Spare parts for a year", "Hotel breakfasts", "Gift baskets", "Maintenance kit"),
}
LASTS: Final = (10, 120)  # days that a deal is open
WON, LOST = 0.55, 0.45  # of those that have ended


@dataclass(slots=True)
class DealSample:
    """A deal as it was drawn; `company` and `person` are places among those drawn.

    `visits` are the stages that it has been in, each as its share of the way through the pipeline (0 the first stage,
    1 the last) and the moment it came there. `outcome` is `open`, `won` or `lost`.
    """

    title: str
    amount: Decimal
    currency: str
    outcome: str
    company: int
    person: int | None
    created_at: datetime
    closed_at: datetime | None
    expected_close_on: date
    visits: list[tuple[float, datetime]]


@dataclass(frozen=True, slots=True)
class DealDraw:
    """What deals are drawn from. They have dice of their own, so that customers stay the same with and without them."""

    seed: str
    language: str
    until: datetime
    currency: str
    zone: ZoneInfo

    def deals(self, count: int, companies: Sequence[CompanySample], people: Sequence[PersonSample]) -> list[DealSample]:
        """Deals with the companies, each with somebody who works there, if anybody does."""
        dice = random.Random(f"deals {self.seed}")  # noqa: S311 - the same on every machine, and no secret
        staff: dict[int, list[int]] = {}
        for place, person in enumerate(people):
            if person.company is not None:
                staff.setdefault(person.company, []).append(place)
        return [self._deal(dice, companies, staff) for _number in range(count)]

    def _deal(
        self, dice: random.Random, companies: Sequence[CompanySample], staff: Mapping[int, Sequence[int]]
    ) -> DealSample:
        company = dice.randrange(len(companies))
        known_since = companies[company].created_at
        began = known_since + (self.until - known_since) * dice.random()
        ends = began + timedelta(days=dice.randint(*LASTS))
        has_ended = ends < self.until
        moment = partial(at_work, zone=self.zone, since=known_since, until=self.until)
        outcome = dice.choices(("won", "lost"), (WON, LOST))[0] if has_ended else "open"
        title = dice.choice(TITLES.get(self.language, TITLES["en"]))
        reached = 1.0 if outcome == "won" else dice.random()
        amount = Decimal(dice.choice((1, 2, 3, 5, 8, 13))) * dice.choice((500, 1_000, 2_500, 5_000))
        return DealSample(
            title=f"{title} – {companies[company].values['brand_name']}",
            amount=amount,
            currency=self.currency,
            outcome=outcome,
            company=company,
            person=dice.choice(staff[company]) if company in staff else None,
            created_at=moment(began),
            closed_at=moment(ends) if has_ended else None,
            expected_close_on=(ends + timedelta(days=dice.randint(-7, 7))).date(),
            visits=[(share, moment(at)) for share, at in _visits(reached, began, min(ends, self.until))],
        )


def _visits(reached: float, began: datetime, ended: datetime) -> list[tuple[float, datetime]]:
    """The way to the stage that was reached, in steps of a quarter, spread over the time."""
    steps = [share for share in (0.0, 0.25, 0.5, 0.75, 1.0) if share <= reached]
    return [(share, began + (ended - began) * (place / len(steps))) for place, share in enumerate(steps)]
