"""What the demonstration shows: two companies, what they sell, their trees and people.

One is a group that makes clothes and has a dealer in parts of machines and a delicatessen, the other one sells parts of
machines only.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Branch:
    """An organization of the demonstration; `parent` is the handle of another one, "" the root.

    `trade` is what it sells: `clothing`, `parts` or `food`, "" for those that sell nothing of their own.
    """

    slug: str
    name: str
    parent: str = ""
    trade: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A user of the demonstration. `only` is the handle of the one organization that they see, "" for all."""

    name: str
    email: str
    role: str
    only: str = ""


@dataclass(frozen=True, slots=True)
class Company:
    """A tenant of the demonstration. `trade` is what its first organization sells, as with branches."""

    name: str
    slug: str
    locale: str
    time_zone: str
    currency: str
    branches: tuple[Branch, ...]
    people: tuple[Person, ...]
    trade: str = ""


COMPANIES = (
    Company(
        name="Grupa Wiślana",
        slug="wislana",
        locale="pl",
        time_zone="Europe/Warsaw",
        currency="PLN",
        trade="clothing",
        branches=(
            Branch("wislana-krakow", "Części maszyn Kraków", trade="parts"),
            Branch("wislana-gdansk", "Delikatesy Gdańsk", trade="food"),
            Branch("wislana-magazyn-gdynia", "Magazyn Gdynia"),
            Branch("wislana-sklep", "Sklep"),
            Branch("wislana-salon-sopot", "Kawiarnia Sopot", parent="wislana-gdansk"),
        ),
        people=(
            Person("Anna Nowak", "anna.nowak@wislana.example", "superadmin"),
            Person("Piotr Zieliński", "piotr.zielinski@wislana.example", "admin"),
            Person("Maja Wójcik", "maja.wojcik@wislana.example", "employee", only="wislana-gdansk"),
        ),
    ),
    Company(
        name="Havelblick Maschinenteile",
        slug="havelblick",
        locale="de",
        time_zone="Europe/Berlin",
        currency="EUR",
        branches=(
            Branch("havelblick-potsdam", "Filiale Potsdam", trade="parts"),
            Branch("havelblick-leipzig", "Filiale Leipzig"),
            Branch("havelblick-lager-halle", "Lager Halle"),
        ),
        people=(
            Person("Greta Lindner", "greta.lindner@havelblick.example", "superadmin"),
            Person("Jonas Albrecht", "jonas.albrecht@havelblick.example", "admin"),
            Person("Mira Schulte", "mira.schulte@havelblick.example", "employee", only="havelblick-potsdam"),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Story:
    """Changes that the people of a company make, so that its history has something to tell."""

    company: str
    moved: tuple[str, str]  # handles: what goes where
    renamed: tuple[str, str]  # handle and new name
    added: tuple[str, tuple[str, ...]]  # handle and codes of currencies that it gets
    switched_off: tuple[str, str]  # handle and code of a currency that it no longer offers


STORIES = (
    Story(
        company="wislana",
        moved=("wislana-magazyn-gdynia", "wislana-gdansk"),
        renamed=("wislana-sklep", "Sklep internetowy"),
        added=("wislana-gdansk", ("SEK", "NOK", "DKK")),
        switched_off=("wislana-salon-sopot", "CHF"),
    ),
    Story(
        company="havelblick",
        moved=("havelblick-lager-halle", "havelblick-leipzig"),
        renamed=("havelblick-potsdam", "Ersatzteilzentrum Potsdam"),
        added=("havelblick-leipzig", ("CZK", "JPY")),
        switched_off=("havelblick-lager-halle", "USD"),
    ),
)
