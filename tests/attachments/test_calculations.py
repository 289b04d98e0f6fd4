"""Names, types and ranges, as tables."""

from __future__ import annotations

import pytest

from apps.attachments.calculations.kinds import LOOKED_AT, content_type, is_program, may_be_shown
from apps.attachments.calculations.names import LONGEST, extension_of, sanitised
from apps.attachments.calculations.names import is_program as is_program_name
from apps.attachments.calculations.ranges import Span, Unsatisfiable, wanted_span

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
WRITER = "application/vnd.oasis.opendocument.text"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a.txt", "a.txt"),
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/", "file"),
        ("...", "file"),
        ("\x00\x1f", "file"),
        (" a \t\r\n b.txt . ", "a b.txt"),
        ('a"; filename="b.txt', "a__ filename=_b.txt"),
        ("a<b>|c?.txt", "a_b__c_.txt"),
        ("nul", "_nul"),
        ("COM1.txt", "_COM1.txt"),
        ("console.txt", "console.txt"),
        ("e\u0301.txt", "é.txt"),
        ("a\u200b\u202e\ufeff.txt", "a.txt"),
        ("日本.pdf", "日本.pdf"),
        (f"{'a' * 300}.pdf", f"{'a' * (LONGEST - 4)}.pdf"),
        ("b" * 300, "b" * LONGEST),
    ],
)
def test_names(given: str, kept: str) -> None:
    assert sanitised(given) == kept
    assert sanitised(kept) == kept


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("a.exe", True),
        ("a.pdf.EXE", True),
        ("a.exe.pdf", False),
        ("a.php.pdf", True),
        ("example.com.pdf", False),
        ("exe", False),
        ("archive.tar.gz", False),
        ("a.phtml", True),
        ("a. exe", True),
        ("", False),
    ],
)
def test_names_of_programs(name: str, is_one: bool) -> None:
    assert is_program_name(name) is is_one


@pytest.mark.parametrize(
    ("head", "name", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n\0", "a.txt", "image/png"),
        (b"\xff\xd8\xff\xe0", "", "image/jpeg"),
        (b"RIFF\0\0\0\0WEBP", "", "image/webp"),
        (b"XXXX\0\0\0\0WEBP", "", "application/octet-stream"),
        (b"RIFF\0\0\0\0WAVE", "", "audio/wav"),
        (b"%PDF-1.7", "a.png", "application/pdf"),
        (b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml", "a.docx", WORD),
        (b"PK\x03\x04" + b"\0" * 26 + b"[Content_Types].xml", "a.exe", "application/zip"),
        (b"PK\x03\x04" + b"\0" * 26 + b"malware.js", "a.docx", "application/zip"),
        (b"PK\x03\x04" + b"\0" * 26 + b"mimetype" + WRITER.encode(), "a", WRITER),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", "application/vnd.ms-excel"),
        (b"\xef\xbb\xbfa,b\n", "a.csv", "text/csv"),
        ("zażółć".encode(), "a.txt", "text/plain"),
        (b"a" * (LOOKED_AT - 1) + "ż".encode(), "a.txt", "text/plain"),  # cut within a letter
        (b"caf\xe9", "a.txt", "application/octet-stream"),
        (b"\n  <svg onload=alert(1)>", "a.txt", "image/svg+xml"),
        (b"\xff\xfe<\0s\0v\0g\0 \0>\0", "a.txt", "image/svg+xml"),
        (b"hello <ScRiPt >alert(1)</script>", "a.txt", "text/html"),
        (b"<?xml version='1.0'?><invoice/>", "a.xml", "application/xml"),
        (b"", "a.txt", "text/plain"),
    ],
)  # fmt: skip
def test_types(head: bytes, name: str, kind: str) -> None:
    assert content_type(head[:LOOKED_AT], name) == kind


def test_programs_and_texts_that_begin_like_one() -> None:
    assert [is_program(head) for head in (b"MZ\x90\0", b"\x7fELF", b"#!/bin/sh", b"MZ is a text.", b"PK\x03\x04")] == [
        True,
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("facts", "is_shown"),
    [
        (("image/png", 8000, 5000), True),
        (("image/png", 8001, 5000), False),
        (("image/png", None, None), False),
        (("image/svg+xml", 10, 10), False),
        (("application/pdf", 10, 10), False),
    ],
)
def test_what_browsers_may_draw(facts: tuple[str, int | None, int | None], is_shown: bool) -> None:
    assert may_be_shown(*facts) is is_shown


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("", None),
        ("bytes=0-0", Span(0, 0)),
        ("bytes=5-", Span(5, 9)),
        ("bytes=-3", Span(7, 9)),
        ("bytes=-30", Span(0, 9)),
        ("bytes=3-99", Span(3, 9)),
        ("bytes=3-2", None),
        ("bytes=-", None),
        ("bytes=0-1,2-3", None),
        ("bytes=٣-٤", None),
        (f"bytes=0-{'9' * 30}", None),
    ],
)
def test_ranges(header: str, span: Span | None) -> None:
    assert wanted_span(header, 10) == span


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=99-100", "bytes=-0"])
def test_ranges_behind_the_end(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        wanted_span(header, 10)


def test_extensions() -> None:
    assert [extension_of(name) for name in ("a.TXT", "a.tar.gz", "a", ".hidden")] == ["txt", "gz", "", ""]
