"""Files in a bucket: everything that works with a folder, against a server that speaks S3."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client

from apps.attachments.services import sweeping
from apps.kernel import clock
from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import using_scope
from config import env
from config.env import SettingInvalid
from tests.attachments import factories as made
from tests.attachments.factories import LIST, TEXT, currency, detail, link, objects, stored, upload, uploaded
from tests.attachments.s3_server import s3_server, use
from tests.support.scopes import House


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with s3_server() as place:
        yield place


@pytest.fixture
def bucket(server: str, settings: Any) -> str:
    use(settings, server, prefix="/house")
    return server


def test_a_link_leads_to_the_bucket_for_a_minute(bucket: str, house: House, client: Client) -> None:
    found = uploaded(client, currency(house), made.SVG, "logo.svg")
    answer = client.get(link(client, found["id"]))
    address = urlsplit(answer.headers["Location"])
    words = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert (answer.status_code, address.netloc, words["X-Amz-Expires"]) == (302, bucket, "60")
    assert words["response-content-disposition"] == 'attachment; filename="logo.svg"'
    assert words["response-content-type"] == "application/octet-stream"
    fetched = httpx.get(answer.headers["Location"])
    assert (fetched.status_code, fetched.content) == (200, made.SVG)
    assert Client().get(link(client, found["id"])).status_code == 404


def test_thumbnails_come_through_the_house(bucket: str, house: House, client: Client) -> None:
    found = uploaded(client, currency(house), made.picture(), "photo.png")
    made.run_work()
    after = detail(client, found["id"])
    answer = client.get(after["links"]["thumbnails"]["160"])
    assert (answer.status_code, answer.headers["Content-Type"], after["width"]) == (200, "image/webp", 640)
    assert answer.getvalue()[8:12] == b"WEBP"
    assert len(objects(house)) == 3


def test_a_bucket_that_browsers_do_not_reach_is_read_through(
    server: str, house: House, client: Client, settings: Any
) -> None:
    use(settings, server, words="&delivery=stream")
    address = link(client, uploaded(client, currency(house))["id"])
    answer = client.get(address)
    assert (answer.status_code, answer.getvalue(), answer.headers["Content-Length"]) == (200, TEXT, str(len(TEXT)))
    assert client.get(address, headers={"Range": "bytes=3-6"}).getvalue() == TEXT[3:7]
    default_storage.delete(stored(house)[0].key)
    assert client.get(address).status_code == 404


def test_leftovers_of_a_bucket_go(bucket: str, house: House, client: Client) -> None:
    old = f"attachments/{house.tenant.pk}/{uuid7(clock.now() - timedelta(days=2))}"
    default_storage.save(old, ContentFile(b"lost"))
    found = uploaded(client, currency(house))
    client.delete(f"{LIST}{found['id']}/")
    call_command("attachments_sweep", "--tenant", str(house.tenant.pk), stdout=io.StringIO())
    assert (default_storage.exists(old), len(objects(house))) == (False, 1)
    with clock.frozen(clock.now() + timedelta(days=31)), using_scope(house.scope()):
        sweeping.remove_old_content()
    assert objects(house) == []


def test_a_storage_that_is_away_keeps_nothing(house: House, client: Client, settings: Any, server: str) -> None:
    use(settings, server)
    with s3_server() as place:
        use(settings, place)
    answer = upload(client, currency(house))
    assert (answer.status_code, answer.json()["code"]) == (503, "kernel.unavailable")
    assert client.get(LIST).json()["count"] == 0


def test_an_export_lies_in_the_bucket_too(bucket: str, house: House) -> None:
    name = default_storage.save("exports/things.csv", ContentFile(b"a,b\n"))
    with default_storage.open(name, "rb") as file:
        assert (name, file.read()) == ("exports/things.csv", b"a,b\n")


@pytest.mark.parametrize(
    "address",
    [
        "s3://bucket",
        "s3://key@host/bucket",
        "ftp://host/bucket",
        "s3://host/bucket?colour=red",
        "s3://host/b?tls=2",
        "x",
    ],
)
def test_an_address_that_cannot_be_read_is_refused(address: str, tmp_path: Any) -> None:
    with pytest.raises(SettingInvalid) as refusal:
        env.storage(address, folder=tmp_path)
    assert address not in str(refusal.value)


def test_addresses_of_storages(tmp_path: Any) -> None:
    assert env.storage("file://", folder=tmp_path).folder == tmp_path
    assert str(env.storage("file:///srv/agora", folder=tmp_path).folder) == "/srv/agora"
    found = env.storage("s3://s3.eu-central-1.amazonaws.com/shop?addressing=virtual", folder=tmp_path)
    options = found.options
    wanted = ("https://s3.eu-central-1.amazonaws.com", "shop", "", None, "virtual")
    names = ("endpoint_url", "bucket_name", "location", "access_key", "addressing_style")
    assert tuple(options[name] for name in names) == wanted
    assert found.redirects
