"""Whose address counts: the socket's, unless proxies of ours say whom they saw."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.http import HttpRequest
from django.test import RequestFactory

from apps.kernel.limits.addresses import client_address, counted_address

SOCKET = "198.51.100.1"


def request(peer: str = SOCKET, chain: str | None = None) -> HttpRequest:
    headers = {} if chain is None else {"X-Forwarded-For": chain}
    return RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)


def test_by_default_no_header_is_believed() -> None:
    asked = request(chain="203.0.113.9")
    asked.META.update({"HTTP_FORWARDED": "for=203.0.113.9", "HTTP_X_REAL_IP": "203.0.113.9"})
    assert str(client_address(asked)) == SOCKET


@pytest.mark.parametrize(
    ("depth", "chain", "expected"),
    [
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "192.0.2.66, 203.0.113.9", "203.0.113.9"),
        (2, "192.0.2.66, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (2, "192.0.2.66,203.0.113.9,10.0.0.1", "203.0.113.9"),
        (3, "192.0.2.66, 203.0.113.9, 10.0.0.1", "192.0.2.66"),
        (1, " 203.0.113.9:4711 ", "203.0.113.9"),
        (1, "[2001:db8::9]:443", "2001:db8::9"),
        (1, "[2001:db8::9]", "2001:db8::9"),
        (1, "2001:db8::9", "2001:db8::9"),
        (1, "fe80::9%eth0", "fe80::9"),
        (1, "[fe80::9%25eth0]:80", "fe80::9"),
        (2, "203.0.113.9", SOCKET),
        (4, "192.0.2.66, 203.0.113.9, 10.0.0.1", SOCKET),
        (1, "", SOCKET),
        (1, None, SOCKET),
        (1, "192.0.2.66, ", SOCKET),
        (1, "192.0.2.66, unknown", SOCKET),
        (1, "192.0.2.66, _hidden", SOCKET),
        (1, "192.0.2.66, 203.0.113.999", SOCKET),
        (1, "192.0.2.66, 203.0.113.09", SOCKET),
        (1, "[2001:db8::9", "2001:db8::9"),
        (1, "203.0.113.9; DROP TABLE", SOCKET),
    ],
)
def test_behind_proxies_the_entry_of_the_outermost_one_counts(
    depth: int, chain: str | None, expected: str, settings: LazySettings
) -> None:
    settings.AGORA_PROXY_DEPTH = depth
    assert str(client_address(request(chain=chain))) == expected


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:51234", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("64:ff9b::c000:207", "192.0.2.7"),
        ("::1", "::/64"),
        ("", "unknown"),
        ("unix:", "unknown"),
        ("/run/agora.sock", "unknown"),
    ],
)
def test_what_is_counted(peer: str, expected: str) -> None:
    assert counted_address(request(peer)) == expected


def test_a_server_that_tells_no_address_shares_one_key() -> None:
    asked = request()
    del asked.META["REMOTE_ADDR"]
    assert client_address(asked) is None
    assert counted_address(asked) == "unknown"


def test_behind_a_proxy_on_a_socket_file_the_header_is_enough(settings: LazySettings) -> None:
    settings.AGORA_PROXY_DEPTH = 1
    assert counted_address(request("", "203.0.113.9")) == "203.0.113.9"
