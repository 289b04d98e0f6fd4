"""Draws sample products as plain values: the same for the same seed, whatever the machine."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from apps.catalog.calculations.barcodes import gs1_check_digit
from apps.catalog.services.samples.words import (
    COLOURS,
    DESCRIPTION,
    FLAVOURS,
    LINES,
    MAKERS,
    ORIGINS,
    SIZES,
    SORTS,
    TAGS,
    Sort,
)
from apps.kernel.money import round_half_up

DAYS: Final = 730
# How many units of a currency one euro buys, about; others count as euros.
WORTH: Final = {"PLN": Decimal("4.30"), "CZK": Decimal(25), "HUF": Decimal(395), "SEK": Decimal(11)}
TIERS: Final = ((1, 9, 100), (10, 99, 92), (100, None, 84))  # from, up to, per cent of the price
ONE_TIER: Final = ((1, None, 100),)
STEPS: Final = (Decimal("0.92"), Decimal("0.96"), Decimal(1))  # what a price was two years, a year, months ago
VARIANTS: Final = 9


@dataclass(frozen=True, slots=True)
class VariantSample:
    """One variant: its options, its SKU and its barcode."""

    size: str
    colour: str
    sku: str
    barcode: str


@dataclass(frozen=True, slots=True)
class ProductSample:
    """One product. `sort` is its place among the shop's sorts, `amount` what it costs today.

    `begins` are the moments from which its prices counted, the first when it came into the shop.
    """

    sort: int
    values: dict[str, Any]
    amount: Decimal
    begins: tuple[datetime, ...]
    tags: tuple[int, ...] = ()
    variants: tuple[VariantSample, ...] = ()
    units: tuple[tuple[str, int], ...] = field(default=())


class Draw:
    """Products of one shop, in the language and currency of its tenant."""

    def __init__(self, shop: str, *, language: str, until: datetime, currency: str) -> None:
        self.shop, self.until, self.currency = shop, until, currency
        self.language = language if language in COLOURS["red"] else "en"
        self._dice = random.Random(f"catalog {shop} {language}")  # noqa: S311 - the same on every machine, and no secret
        self._number = 0

    def products(self, count: int) -> Iterator[ProductSample]:
        """So many products, the sorts one after the other."""
        sorts = SORTS[self.shop]
        for number in range(count):
            yield self._product(number, number % len(sorts), sorts[number % len(sorts)])

    def chosen(self, items: Sequence[Any], count: int) -> list[Any]:
        """Some of the items, in their order."""
        places = sorted(self._dice.sample(range(len(items)), min(count, len(items))))
        return [items[place] for place in places]

    def _product(self, number: int, place: int, sort: Sort) -> ProductSample:
        turn = number // len(SORTS[self.shop])
        begin = self.until - timedelta(days=self._dice.randint(40, DAYS), hours=self._dice.randint(0, 9))
        sku = f"{self.shop[:2].upper()}{place:02}-{turn + 1:03}"
        title, more = getattr(self, f"_{self.shop}")(turn, sort)
        values = {
            "title": title,
            "sku": sku,
            "handle": sku.lower(),
            "description": DESCRIPTION[self.shop][self.language],
            "primary_currency": self.currency,
            "unit": sort.unit,
            "country_of_origin": self._dice.choice(ORIGINS),
            "cn_code": sort.cn_code,
            "created_at": begin,
            "updated_at": begin,
            "is_active": self._dice.random() > 0.03,
            "seo_title": title[:60],
            **more,
        }
        tags = tuple(sorted(self._dice.sample(range(len(TAGS)), self._dice.choice((0, 0, 1, 1, 2)))))
        variants = tuple(self._variants(sku)) if self.shop == "clothing" else ()
        amount = self._amount(sort, Decimal(str(more.get("unit_price_quantity") or 1)), turn)
        return ProductSample(place, values, amount, self._begins(begin), tags, variants, self._units(sort))

    def _clothing(self, turn: int, sort: Sort) -> tuple[str, dict[str, Any]]:
        line = LINES[turn % len(LINES)]
        number = "" if turn < len(LINES) else f" {turn // len(LINES) + 1}"
        weight = Decimal(self._dice.randrange(150, 1500, 50)) / 1000
        return f"{sort.name[self.language]} {line}{number}", {"weight": weight, "weight_unit": "kg"}

    def _parts(self, turn: int, sort: Sort) -> tuple[str, dict[str, Any]]:
        size = f"{3 + turn % 10} × {10 * (1 + turn // 10)}"
        maker = MAKERS[turn % len(MAKERS)]
        step = 1 if sort.unit == "m" else 12
        return f"{sort.name[self.language]} {size} {maker}", {
            "hs_code": sort.cn_code,
            "order_quantity_step": step,
            "min_order_quantity": step,
            "is_quote_only": self._dice.random() < 0.02,
        }

    def _food(self, turn: int, sort: Sort) -> tuple[str, dict[str, Any]]:
        pack = sort.pack[turn % len(sort.pack)]
        flavour = FLAVOURS[turn // len(sort.pack) % len(FLAVOURS)][self.language]
        maker = MAKERS[turn // (len(sort.pack) * len(FLAVOURS)) % len(MAKERS)]
        return f"{sort.name[self.language]} {flavour} {maker} {pack} {sort.unit_price}", {
            "shows_unit_price": True,
            "unit_price_reference": sort.unit_price,
            "unit_price_quantity": Decimal(pack),
            "weight": Decimal(pack),
            "weight_unit": "kg",
            "age_min": sort.age,
            "is_excise_good": bool(sort.excise),
            "excise_category": sort.excise,
            "gtu_codes": ["GTU_01"] if sort.excise else [],
            "max_order_quantity": 24 if sort.excise else None,
        }

    def _variants(self, sku: str) -> Iterator[VariantSample]:
        pairs = [(size, colour) for colour in COLOURS for size in SIZES]
        for size, colour in self.chosen(pairs, VARIANTS):
            self._number += 1
            digits = f"590{self._number:09}"
            yield VariantSample(
                size, colour, f"{sku}-{size.upper()}-{colour[:3].upper()}", f"{digits}{gs1_check_digit(digits)}"
            )

    @staticmethod
    def _units(sort: Sort) -> tuple[tuple[str, int], ...]:
        """Units beside the base unit, and how many base units one of each is."""
        if sort.unit == "m":
            return (("roll", 50),)
        return (("box", 12),) if sort.group not in {"women", "men", "outdoor"} else ()

    def _amount(self, sort: Sort, pack: Decimal, turn: int) -> Decimal:
        worth = sort.euros * WORTH.get(self.currency, Decimal(1))
        if sort.pack:
            worth = worth * pack / Decimal(sort.pack[0])
        raw = worth * (Decimal(80) + self._dice.randint(0, 60)) / 100 + Decimal(turn % 7) / 100
        return rounded(raw, self.shop)

    def _begins(self, first: datetime) -> tuple[datetime, ...]:
        """The first price, and a new one about every eight months."""
        found = [first]
        while (
            len(found) < len(STEPS)
            and (following := found[-1] + timedelta(days=self._dice.randint(200, 280))) < self.until
        ):
            found.append(following)
        return tuple(found)


def rounded(amount: Decimal, shop: str) -> Decimal:
    """An amount as shops write it: to .99 or .49 where buyers are people, to a cent for machine parts."""
    if shop == "parts" or amount < 1:
        return max(round_half_up(amount, 2), Decimal("0.01"))
    whole = amount.to_integral_value(rounding="ROUND_FLOOR")
    return whole + (Decimal("0.99") if amount - whole >= Decimal("0.5") else Decimal("0.49"))


def history(sample: ProductSample, shop: str) -> list[tuple[datetime, datetime | None, Decimal]]:
    """From when until when what counted, the price of today last."""
    ends = (*sample.begins[1:], None)
    steps = STEPS[-len(sample.begins) :]
    amounts = [rounded(sample.amount * step, shop) for step in steps[:-1]] + [sample.amount]
    return list(zip(sample.begins, ends, amounts, strict=True))
