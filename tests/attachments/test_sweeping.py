"""What goes by itself, and what stays."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client

from apps.attachments.models import StoredFile
from apps.attachments.services import sweeping
from apps.attachments.services.attaching import UPKEEP
from apps.kernel import clock
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.kernel.work.models import Work
from tests.attachments import factories as made
from tests.attachments.factories import LIST, age, attached, currency, objects, stored, uploaded
from tests.support.scopes import House, make_house


@contextmanager
def after(house: House, **later: float) -> Iterator[None]:
    """The upkeep's scope, some time from now."""
    with clock.frozen(clock.now() + timedelta(**later)), using_scope(house.scope()), sweeping.whole_tenant("tests"):
        yield


def test_a_draft_that_nobody_claims_goes_after_a_day(house: House, client: Client) -> None:
    uploaded(client, None)
    kept = uploaded(client, currency(house))["id"]
    with after(house, hours=23):
        assert sweeping.expire_drafts() == 0
    with after(house, hours=25):
        assert sweeping.expire_drafts() == 1
    assert [(str(row.pk) == kept, row.is_deleted) for row in attached(house)] == [(False, True), (True, False)]


def test_content_of_a_removed_file_goes_after_thirty_days(house: House, client: Client) -> None:
    record = currency(house)
    found = uploaded(client, record, made.picture(), "photo.png")
    made.run_work()
    other = uploaded(client, record, name="other.txt")
    client.delete(f"{LIST}{found['id']}/")
    with after(house, days=29):
        assert sweeping.remove_old_content() == 0
    with after(house, days=31):
        assert sweeping.remove_old_content() == 1
        assert sweeping.remove_old_content() == 0
    assert [file.removed_at is not None for file in stored(house)] == [True, False]
    assert objects(house) == [stored(house)[1].key.rpartition("/")[2]]
    assert client.get(f"{LIST}{other['id']}/").status_code == 200


def test_files_go_with_their_record_when_it_cannot_come_back(house: House, client: Client) -> None:
    record, other = currency(house), currency(house, "USD")
    uploaded(client, record)
    uploaded(client, other)
    assert client.delete(f"/api/currencies/currencies/{other.pk}/").status_code == 204
    with after(house, days=29):
        assert sweeping.expire_of_gone_records() == 0
    with after(house, days=31):
        assert sweeping.expire_of_gone_records() == 1
    assert [row.is_deleted for row in attached(house)] == [False, True]


def test_a_stored_file_that_nothing_is_attached_by_goes(house: House, client: Client) -> None:
    kept = uploaded(client, currency(house))
    with using_scope(house.scope()):
        sweeping_file = made.bare_file()
    with after(house, hours=23):
        assert sweeping.remove_unused() == 0
    with after(house, hours=25):
        assert sweeping.remove_unused() == 1
    assert sweeping_file.pk not in [file.pk for file in stored(house)]
    assert [len(stored(house)), len(objects(house)), str(attached(house)[0].pk)] == [1, 1, kept["id"]]


def orphan(house: House, *, days: int) -> str:
    """An object without a row, some days old."""
    name = f"attachments/{house.tenant.pk}/{uuid7(clock.now() - timedelta(days=days))}"
    return default_storage.save(name, ContentFile(b"lost"))


def swept(*words: str) -> str:
    """What the command says."""
    out = io.StringIO()
    call_command("attachments_sweep", *words, stdout=out)
    return out.getvalue()


def test_the_command_compares_storage_and_rows_both_ways(house: House, client: Client) -> None:
    other = make_house("Globex")
    old, young, foreign = orphan(house, days=2), orphan(house, days=0), orphan(other, days=2)
    whole, lost = uploaded(client, currency(house)), uploaded(client, currency(house, "USD"))
    default_storage.delete(stored(house)[1].key)
    told = swept("--tenant", str(house.tenant.pk), "--dry-run")
    assert "1 objects without a row" in told
    assert "1 files whose content is missing" in told
    assert default_storage.exists(old)
    swept("--tenant", str(house.tenant.pk))
    assert [default_storage.exists(name) for name in (old, young, foreign)] == [False, True, True]
    assert {str(row.pk) for row in attached(house)} == {whole["id"], lost["id"]}
    swept()
    assert not default_storage.exists(foreign)


def due(house: House) -> list[datetime]:
    """When the tenant is looked after next."""
    return list(Work.objects.filter(kind=UPKEEP, tenant_id=house.tenant.pk).values_list("due_at", flat=True))


def test_a_tenant_is_looked_after_once_an_hour_while_it_has_files(house: House, client: Client) -> None:
    assert due(house) == []
    found = uploaded(client, currency(house))
    uploaded(client, currency(house, "USD"))
    [first] = due(house)
    assert timedelta(minutes=59) < first - clock.now() <= timedelta(hours=1)
    Work.objects.filter(kind=UPKEEP).update(due_at=clock.now())
    made.run_work()
    [again] = due(house)
    assert again > first
    for row in attached(house):
        client.delete(f"{LIST}{row.pk}/")
        age(house, row.pk, deleted_at=clock.now() - timedelta(days=31))
    Work.objects.filter(kind=UPKEEP).update(due_at=clock.now())
    made.run_work()
    assert (due(house), objects(house)) == ([], [])
    assert client.get(f"{LIST}{found['id']}/").status_code == 404


def test_a_file_that_came_before_the_scanner_is_looked_at(house: House, client: Client) -> None:
    uploaded(client, currency(house))
    with made.scanning(made.Counting()) as scanner:
        with using_scope(house.scope()), scoped_transaction():
            StoredFile.objects.update(created_at=clock.now() - timedelta(hours=2))
        with after(house):
            sweeping.look_again()
        made.run_work()
        assert scanner.seen == 1
    assert [file.scanned_by for file in stored(house)] == ["tests"]


@pytest.mark.parametrize("limit", ["5", "0"])
def test_a_tenant_gets_a_limit_of_its_own(house: House, client: Client, limit: str) -> None:
    call_command("attachments_quota", str(house.tenant.pk), limit, stdout=io.StringIO())
    assert client.get(f"{LIST}room/").json()["limit"] == int(limit) * 1024 * 1024
    call_command("attachments_quota", str(house.tenant.pk), "default", stdout=io.StringIO())
    assert client.get(f"{LIST}room/").json()["limit"] == 512 * 1024 * 1024


def test_no_id_of_a_file_says_where_it_lies(house: House, client: Client) -> None:
    found = uploaded(client, currency(house))
    [file] = stored(house)
    assert UUID(found["id"]).hex not in file.key.replace("-", "")
