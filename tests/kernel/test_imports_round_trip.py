"""What a list exports, its import reads back: every record is as it should be, in every kind of field."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apps.entities.services import create_definition, create_record, create_type
from apps.kernel.imports.models import ImportProblem, ImportRun
from apps.kernel.imports.planning.mapping import mapping_from_json
from apps.kernel.imports.planning.options import Options
from apps.kernel.imports.planning.orders import Mode
from apps.kernel.imports.runs import drafts
from apps.kernel.tenancy.scope import Scope, using_scope
from apps.kernel.tenancy.transactions import reading
from apps.kernel.work.sweeper import sweep
from tests.auth.factories import make_role, make_user
from tests.directory.callers import client_of
from tests.kernel.books import BOOKS, make_books
from tests.support.scopes import House

pytestmark = pytest.mark.committed


@pytest.fixture(autouse=True)
def files(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@dataclass(frozen=True)
class Alice:
    """Somebody who may do everything: her scope, and her client."""

    scope: Scope
    client: Any


@pytest.fixture
def alice(house: House) -> Alice:
    user = make_user(house, name="Alice", roles=(make_role(house, "*"),))
    return Alice(house.scope(actor_id=user.pk), client_of(user, organization=house.root))


def exported(client: Any, address: str, form: str) -> io.BytesIO:
    answer = client.get(address, {"format": form})
    assert answer.status_code == 200, answer.content
    return io.BytesIO(b"".join(answer.streaming_content))


def checked(alice: Alice, entity: str, address: str, form: str) -> tuple[dict[str, int], list[Any]]:
    """What would become of an export's rows, met by their ids; and what is wrong with them."""
    content = exported(alice.client, address, form)
    with using_scope(alice.scope), reading():
        return _checked(entity, content, form)


def _checked(entity: str, content: io.BytesIO, form: str) -> tuple[dict[str, int], list[Any]]:
    run = drafts.take(entity, content, f"export.{form}")
    drafts.arrange(run, mapping_from_json(run.mapping), Options(Mode.UPDATE, ("id",)))
    drafts.begin(drafts.run_of(run.pk), rehearse=True)
    sweep("work")
    run = drafts.run_of(run.pk)
    problems = list(ImportProblem.objects.filter(run=run).values_list("row", "problems"))
    return {name: count for name, count in run.counts.items() if count}, [*problems, *run.previews, *_reason(run)]


def _reason(run: ImportRun) -> list[str]:
    return [run.reason] if run.reason else []


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_columns_of_every_plain_kind_come_back_as_they_were(house: House, alice: Alice, form: str) -> None:
    make_books(
        house,
        {"title": "=Dune", "price": Decimal("1234.5600"), "pages": 7, "is_lent": True, "kind": "atlas"},
        {"title": '+1 ; "x"\nmore', "tags": ["a, b", "c"], "notes": "secret", "published_on": date(2026, 3, 4)},
        {"title": "0012", "code": "007", "borrowed_at": datetime(2026, 3, 4, 5, 6, 7, 890, tzinfo=UTC)},
    )
    assert checked(alice, "shelf.book", BOOKS, form) == ({"unchanged": 3}, [])


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_custom_values_of_every_kind_come_back_as_they_were(alice: Alice, form: str) -> None:
    with using_scope(alice.scope):
        make_boat()
    assert checked(alice, "custom.boat", "/api/entities/boat/records/", form) == ({"unchanged": 1}, [])


def make_boat() -> None:
    """A record with a value of every kind that a cell can hold."""
    create_type(key="boat", label="Boat", label_plural="Boats")
    options = [{"value": "a", "label": "A, first"}, {"value": "b", "label": "B"}]
    values: dict[str, Any] = {
        "text": "=x",
        "integer": -3,
        "decimal": "1234.500",
        "boolean": False,
        "date": "2026-03-04",
        "datetime": "2026-03-04T05:06:07Z",
        "select": "a",
        "multiselect": ["a", "b"],
        "currency": {"amount": "12.50", "currency": "EUR"},
        "email": "a@example.org",
    }
    for kind in values:
        more: dict[str, Any] = {"options": options} if "select" in kind else {}
        create_definition(entity="custom.boat", key=f"f_{kind}", label=kind.title(), kind=kind, **more)
    create_record("boat", title="Anna", custom_fields={f"f_{kind}": value for kind, value in values.items()})
