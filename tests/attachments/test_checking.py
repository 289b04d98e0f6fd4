"""What workers do with new files: scans, measures, thumbnails; and pictures that are meant to break them."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import BinaryIO

import pytest
from django.test import Client
from PIL import Image

from apps.attachments.calculations import kinds
from apps.attachments.contracts import Verdict
from apps.attachments.errors import ScannerUnreachable
from apps.attachments.services.checking import run_drawing
from apps.kernel.work.parking import parked
from tests.attachments import factories as made
from tests.attachments.factories import (
    LIST,
    TEXT,
    currency,
    detail,
    link,
    objects,
    run_work,
    scanning,
    stored,
    uploaded,
)
from tests.support.scopes import House


class Suspicious:
    """Finds what it was told to find, and is away when it was told to be."""

    name = "tests"

    def __init__(self, *, threat: str = "", is_away: bool = False) -> None:
        self.threat, self.is_away, self.seen = threat, is_away, b""

    def scan(self, content: BinaryIO) -> Verdict:
        """Look at the content."""
        if self.is_away:
            raise ScannerUnreachable
        self.seen = content.read()
        return Verdict(self.threat)


def test_a_picture_is_measured_and_drawn(house: House, client: Client) -> None:
    found = uploaded(client, currency(house), made.picture(640, 360), "photo.png")
    assert detail(client, found["id"])["links"]["thumbnails"] == {}
    run_work()
    after = detail(client, found["id"])
    assert (after["width"], after["height"], after["has_thumbnails"]) == (640, 360, True)
    sizes = {}
    for size, address in after["links"]["thumbnails"].items():
        answer = client.get(address)
        assert answer.headers["Content-Type"] == "image/webp"
        sizes[size] = Image.open(io.BytesIO(answer.getvalue())).size
    assert sizes == {"160": (160, 90), "480": (480, 270)}
    assert len(objects(house)) == 3


def test_a_picture_that_lies_on_its_side_is_turned(house: House, client: Client) -> None:
    target, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (600, 200)).save(target, "JPEG", exif=exif)
    found = uploaded(client, currency(house), target.getvalue(), "photo.jpg")
    run_work()
    after = detail(client, found["id"])
    assert (after["width"], after["height"]) == (200, 600)
    thumbnail = Image.open(io.BytesIO(client.get(after["links"]["thumbnails"]["160"]).getvalue()))
    assert thumbnail.height == 160
    assert not thumbnail.getexif()


@pytest.mark.parametrize(("width", "height"), [(8000, 5001), (60_000, 60_000)])
def test_a_picture_of_too_many_pixels_is_measured_and_never_opened(
    house: House, client: Client, width: int, height: int
) -> None:
    found = uploaded(client, currency(house), made.bomb(width, height), "photo.png")
    began = time.monotonic()
    run_work()
    after = detail(client, found["id"])
    assert (after["width"], after["height"], after["has_thumbnails"]) == (width, height, False)
    assert after["links"]["thumbnails"] == {}
    assert client.get(link(client, found["id"])).headers["Content-Disposition"] == 'attachment; filename="photo.png"'
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "content",
    [
        made.picture()[:200],
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        b"GIF89a\xff\xff\xff\xff",
        b"\xff\xd8\xff" + b"\xff" * 500,
    ],
)
def test_a_broken_picture_is_a_file(house: House, client: Client, content: bytes) -> None:
    found = uploaded(client, currency(house), content, "photo.png")
    run_work()
    after = detail(client, found["id"])
    assert (after["status"], after["width"], after["has_thumbnails"]) == ("clean", None, False)
    assert client.get(link(client, found["id"])).getvalue() == content


def test_a_picture_that_wants_all_the_memory_gets_none(tmp_path: Path) -> None:
    picture = tmp_path / "picture"
    sizes = []
    for side in (2_000, 30_000):
        picture.write_bytes(made.bomb(side, side))
        sizes.append(run_drawing(picture, "PNG", tmp_path, most_pixels=10**12).sizes)  # as if nobody counted
    assert sizes == [kinds.THUMBNAILS, ()]


def test_a_file_waits_for_its_scan(house: House, client: Client) -> None:
    scanner = Suspicious()
    with scanning(scanner):
        found = uploaded(client, currency(house))
        before = detail(client, found["id"])
        assert (before["status"], before["links"]) == ("pending", {"file": None, "thumbnails": {}})
        assert client.get(f"{LIST}{found['id']}/download/").status_code == 404
        run_work()
        assert (detail(client, found["id"])["status"], scanner.seen) == ("clean", TEXT)
        assert client.get(link(client, found["id"])).getvalue() == TEXT


def test_a_file_with_something_in_it_is_never_handed_out(house: House, client: Client) -> None:
    record = currency(house)
    address = link(client, uploaded(client, record)["id"])
    with scanning(Suspicious(threat="Eicar-Test")):
        found = uploaded(client, record, made.picture(), "photo.png")
        run_work()
        after = detail(client, found["id"])
        assert (after["status"], after["links"]["file"], after["has_thumbnails"]) == ("quarantined", None, False)
        assert [file.threat for file in stored(house)] == ["", "Eicar-Test"]
        assert client.get(address).status_code == 404  # came before the scanner, and has not been seen by it
    assert detail(client, found["id"])["links"]["file"] is None


def test_a_scanner_that_is_away_is_asked_again(house: House, client: Client) -> None:
    scanner = Suspicious(is_away=True)
    with scanning(scanner):
        found = uploaded(client, currency(house))
        run_work()
        assert (detail(client, found["id"])["status"], list(parked())) == ("pending", [])
