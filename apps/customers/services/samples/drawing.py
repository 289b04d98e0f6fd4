"""Draws sample customers: the same ones from the same words, on every machine and for ever."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from apps.customers.services.samples.data import LANDS, SHARES, SIZES, Land
from apps.customers.services.samples.hours import at_work
from apps.kernel.words import slug_of

DAYS: Final = 800
STAGES: Final = ("lead", "prospect", "customer", "former")
YOUNG, OLD = (55, 30, 14, 1), (8, 14, 60, 18)  # hundredths of each stage, for who came today and who came first
SOURCES: Final = ("referral", "website", "fair", "campaign", "call")
EMPLOYED: Final = 0.82


@dataclass(slots=True)
class CompanySample:
    """A company as it was drawn; `parent` is the place of its parent among those drawn."""

    values: dict[str, Any]
    stage: str
    source: str
    points: list[dict[str, Any]]
    address: dict[str, Any]
    tags: list[int]
    group: str
    created_at: datetime
    land: Land
    parent: int | None = None


@dataclass(slots=True)
class PersonSample:
    """A person as they were drawn; `company` is the place of their company among those drawn."""

    values: dict[str, Any]
    stage: str
    source: str
    temperature: str
    points: list[dict[str, Any]]
    address: dict[str, Any] | None
    tags: list[int]
    created_at: datetime
    company: int | None = None


@dataclass
class Draw:
    """Everything that is drawn for one organization, in whose working hours it takes place.

    `seed` names it, `until` is when its story ends, `zone` says which hours those are.
    """

    seed: str
    language: str
    until: datetime
    currency: str
    zone: ZoneInfo
    _domains: set[str] = field(default_factory=set)
    _mails: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311 - the same on every machine, and no secret
        shares = SHARES.get(self.language, SHARES["en"])
        self._lands, self._weights = [LANDS[name] for name in shares], list(shares.values())

    def companies(self, count: int) -> list[CompanySample]:
        """Companies, of which every tenth belongs to one of the first."""
        found = [self._company() for _number in range(count)]
        tops = max(count // 10, 1)
        for sample in found[tops::10]:
            sample.parent = self._dice.randrange(tops)
        return found

    def people(self, count: int, companies: Sequence[CompanySample]) -> list[PersonSample]:
        """People, most of whom work for one of the companies."""
        return [self._person(companies) for _number in range(count)]

    def one_of(self, items: Sequence[Any]) -> Any:
        """Any of the items."""
        return self._dice.choice(items)

    def _land(self) -> Land:
        return self._dice.choices(self._lands, self._weights)[0]

    def _moment(self) -> datetime:
        """Some time of the last two years and more; more of it lately than in the beginning."""
        days = int(DAYS * (1 - self._dice.random() ** 0.6))
        hours = timedelta(hours=self._dice.randint(0, 9), minutes=self._dice.randint(0, 59))
        first = self.until - timedelta(days=DAYS)
        return at_work(self.until - timedelta(days=days) - hours, zone=self.zone, since=first, until=self.until)

    def _stage(self, moment: datetime) -> str:
        age = (self.until - moment).days / DAYS
        weights = [young + (old - young) * age for young, old in zip(YOUNG, OLD, strict=True)]
        return self._dice.choices(STAGES, weights)[0]

    def _tags(self) -> list[int]:
        return sorted(self._dice.sample(range(8), self._dice.choice((0, 0, 1, 1, 2))))

    def _phone(self, land: Land) -> str:
        return land.phone + "".join(str(self._dice.randint(0, 9)) for _digit in range(land.digits))

    def _address(self, land: Land, purpose: str) -> dict[str, Any]:
        city, code = self._dice.choice(land.cities)
        line = land.street.format(street=self._dice.choice(land.streets), number=self._dice.randint(1, 120))
        return {"purpose": purpose, "line1": line, "postal_code": code, "city": city, "country": land.country}

    def _company(self) -> CompanySample:
        land, dice = self._land(), self._dice
        surname, trade = dice.choice(land.surnames), dice.choice(land.trades)
        brand = f"{trade} {surname}" if dice.random() < 0.6 else f"{surname} {trade}"
        domain = self._free(slug_of(brand), ".example", self._domains)
        moment = self._moment()
        worth = Decimal(dice.randint(2, 400)) * 50_000
        values = {
            "brand_name": brand,
            "legal_name": f"{brand} {dice.choice(land.forms)}",
            "tax_id": f"{land.country}{dice.randint(10**9, 10**10 - 1)}",
            "domain": domain,
            "website_url": f"https://www.{domain}",
            "size_bucket": dice.choices(SIZES, (45, 35, 15, 5))[0],
            "annual_revenue": worth,
            "annual_revenue_currency": self.currency,
        }
        points = [
            {"channel": "email", "value": f"office@{domain}"},
            {"channel": "phone", "value": self._phone(land)},
        ]
        return CompanySample(
            values,
            self._stage(moment),
            dice.choice(SOURCES),
            points,
            self._address(land, "office"),
            self._tags(),
            dice.choices(("wholesale", "hotels", "partners", "retail", ""), (20, 15, 10, 25, 30))[0],
            moment,
            land,
        )

    def _person(self, companies: Sequence[CompanySample]) -> PersonSample:
        dice = self._dice
        company = dice.randrange(len(companies)) if companies and dice.random() < EMPLOYED else None
        land = companies[company].land if company is not None else self._land()
        first, last = self._name(land)
        domain = companies[company].values["domain"] if company is not None else "mail.example"
        mail = self._free(f"{slug_of(first)}.{slug_of(last)}", f"@{domain}", self._mails)
        moment = self._moment()
        if company is not None:
            moment = max(moment, companies[company].created_at)
        points = [{"channel": "email", "value": mail}]
        if dice.random() < 0.7:
            points.append({"channel": "phone", "type": "mobile", "value": self._phone(land)})
        values = {"first_name": first, "last_name": last}
        if company is not None:
            values |= {"job_title": dice.choice(land.jobs), "department": dice.choice(land.departments)}
        return PersonSample(
            values,
            self._stage(moment),
            dice.choice(SOURCES),
            dice.choices(("cold", "warm", "hot"), (50, 35, 15))[0],
            points,
            self._address(land, "home") if company is None else None,
            self._tags(),
            moment,
            company,
        )

    def _name(self, land: Land) -> tuple[str, str]:
        is_woman = self._dice.random() < 0.5
        first, last = self._dice.choice(land.women if is_woman else land.men), self._dice.choice(land.surnames)
        for ending, other in land.feminine if is_woman else ():
            if last.endswith(ending):
                last = last.removesuffix(ending) + other
        return first, last

    @staticmethod
    def _free(stem: str, ending: str, taken: set[str]) -> str:
        """The text, with a number where it is taken."""
        number, found = 1, f"{stem}{ending}"
        while found in taken:
            number += 1
            found = f"{stem}{number}{ending}"
        taken.add(found)
        return found
