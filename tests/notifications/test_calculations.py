"""Addresses, subjects, links and paragraphs, as tables."""

from __future__ import annotations

import pytest

from apps.notifications.calculations import absolute_link, one_line, paragraphs, plain_address, reply_code, tidy
from apps.notifications.errors import AddressInvalid, LinkRefused, SubjectInvalid

BASE = "https://shop.example:8443/agora"


@pytest.mark.parametrize("address", ["bob@example.org", " bob@example.org ", "b.o+b@bücher.example", "bob@localhost"])
def test_an_address_is_taken_as_it_is(address: str) -> None:
    assert plain_address(address) == address.strip()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "bob",
        "bob@",
        "@example.org",
        "bob@example.org, eve@example.org",
        "Bob <bob@example.org>",
        "bob@example.org\nBcc: eve@example.org",
        "bob@example.org\r",
        "bob@example.org\u2028",
        '"bob\x01"@example.org',
        '"a\\\nb"@example.org',
        "bob@example.org\x00",
        f"{'b' * 250}@example.org",
    ],
)
def test_what_is_no_single_address_is_refused(address: str) -> None:
    with pytest.raises(AddressInvalid):
        plain_address(address)


@pytest.mark.parametrize(
    ("subject", "line"),
    [
        ("Hello", "Hello"),
        ("  Hello\t", "Hello"),
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 199 + "…"),
        ("日本", "日本"),
    ],
)
def test_a_subject_is_one_line(subject: str, line: str) -> None:
    assert one_line(subject) == line


@pytest.mark.parametrize(
    "subject", ["", "  ", "a\nb", "a\rb", "a\r\nBcc: eve@example.org", "a\x0bb", "a\x85b", "a\u2028b", "\x00", "\ud800"]
)
def test_a_subject_of_more_lines_or_none_is_refused(subject: str) -> None:
    with pytest.raises(SubjectInvalid):
        one_line(subject)


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("/reset?token=a&b=ü", f"{BASE}/reset?token=a&b=ü"),
        ("/", f"{BASE}/"),
        ("https://shop.example:8443/elsewhere", "https://shop.example:8443/elsewhere"),
        ("HTTPS://SHOP.example:8443/x", "HTTPS://SHOP.example:8443/x"),
    ],
)
def test_a_link_leads_into_the_installation(address: str, link: str) -> None:
    assert absolute_link(address, BASE) == link


@pytest.mark.parametrize(
    "address",
    [
        "",
        "reset",
        "//evil.example/x",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example/",
        "https://shop.example/other-port",
        "http://shop.example:8443/",
        "https://shop.example:8443@evil.example/",
        "https://shop.example:8443.evil.example/",
        "https://user:pass@shop.example:8443/",
        "javascript:alert(1)",
        "data:text/html,x",
        "mailto:eve@example.org",
        "/x\nSet-Cookie: a",
        "/x y",
        "/x\t",
        '/x"onclick="',
        "/<script>",
        "https://shop.example:99999/",
        "https://[broken/",
    ],
)
def test_a_link_elsewhere_is_refused(address: str) -> None:
    with pytest.raises(LinkRefused):
        absolute_link(address, BASE)


def test_the_usual_port_need_not_be_said() -> None:
    assert absolute_link("https://shop.example:443/x", "https://shop.example/") == "https://shop.example:443/x"
    assert absolute_link("/x", "https://shop.example/") == "https://shop.example/x"


def test_blank_lines_part_paragraphs() -> None:
    text = "\n  One,\n two. \n \t\n\n\nThree.\n\n"
    assert paragraphs(text) == [["One,", "two."], ["Three."]]
    assert tidy(text) == "One,\ntwo.\n\nThree."
    assert (paragraphs(""), tidy(" \n ")) == ([], "")


@pytest.mark.parametrize(
    ("code", "words", "shown"),
    [
        (550, b"5.1.1 <bob@example.org> unknown", "550 5.1.1"),
        (450, "4.2.0 later", "450 4.2.0"),
        (550, b"bob@example.org is 5.1.1 unknown", "550"),
        (554, b"\xff\xfe", "554"),
    ],
)
def test_only_numbers_of_a_reply_are_kept(code: int, words: str | bytes, shown: str) -> None:
    assert reply_code(code, words) == shown
