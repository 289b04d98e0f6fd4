"""The examples of docs/how-to/dashboards.md do what the page says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from apps.kernel.registry.points import POINTS
from tests.dashboards.factories import DATA, FIGURES_AT, START
from tests.directory.callers import client_of, member, send
from tests.kernel.books import make_books
from tests.kernel.test_extensions_docs import EXAMPLE
from tests.support.scopes import House

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "dashboards.md"
EXAMPLES = dict(EXAMPLE.findall(PAGE.read_text()))
pytestmark = pytest.mark.django_db


def run(name: str) -> None:
    """Declare what the example declares."""
    exec(compile(EXAMPLES[name], f"{PAGE.name}:{name}", "exec"), {"__name__": f"docs.{name}"})  # noqa: S102 - our own


@pytest.fixture(autouse=True)
def _cleared() -> Iterator[None]:
    yield
    for point in POINTS.values():
        for name in [item for item in point if item.startswith("loans.")]:
            point.remove(name)


@pytest.fixture
def alice(house: House) -> Client:
    return client_of(member(house, "dashboards.*", "shelf.*"), organization=house.root)


def test_the_widget_counts_thick_books(house: House, alice: Client) -> None:
    make_books(house, {"pages": 600}, {"pages": 700}, {"pages": 20})
    run("widget")
    wanted: list[dict[str, Any]] = [{"widget": "loans.thick"}, {"widget": "loans.thick", "settings": {"pages": 650}}]
    found = send(alice, "post", DATA, {"widgets": wanted}).json()["results"]
    assert [item["data"]["value"] for item in found] == [2, 1]
    assert [alice.get(item["link"]).context["cl"].result_count for item in found] == [2, 1]
    assert "loans.thick" in [item["widget"] for item in alice.get(START).json()["items"]]


def test_the_figures_can_be_asked_for(house: House, alice: Client) -> None:
    make_books(house, {"kind": "atlas"}, {})
    run("figures")
    found = send(alice, "post", FIGURES_AT, {"entity": "shelf.book", "group_by": "kind"}).json()["results"]
    assert {item["key"]: item["value"] for item in found} == {"atlas": "1", "novel": "1"}
