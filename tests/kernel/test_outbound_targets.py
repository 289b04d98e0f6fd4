"""Which URLs and addresses may be called at all: pure judgement, no network."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from apps.kernel.outbound.addresses import is_public
from apps.kernel.outbound.client import Outbound
from apps.kernel.outbound.errors import OutboundRefused
from apps.kernel.outbound.resolving import Resolver
from apps.kernel.outbound.targets import parse_target


def refusal(url: str, *, answer: tuple[str, ...] = ("93.184.215.14",)) -> str:
    """Reason against `url` where names resolve to `answer`; empty when it may be called."""
    try:
        Outbound(resolver=Resolver(lookup=lambda _host: answer)).check(url)
    except OutboundRefused as error:
        return error.reason
    return ""


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "https://example.com:8443/a?b=c#d",
        "HTTPS://EXAMPLE.COM./",
        "https://münchen.example/ä?q=ü",
        "http://93.184.215.14/",
        "http://[2606:2800:220:1:248:1893:25c8:1946]/",
        "https://a_b.example.com/",
        "https://local.example.com/",
    ],
)
def test_a_public_place_may_be_called(url: str) -> None:
    assert refusal(url) == ""


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "invalid_url"),
        ("example.com/x", "invalid_url"),
        ("//example.com/x", "invalid_url"),
        (" http://example.com/", "invalid_url"),
        ("http://exa\tmple.com/", "invalid_url"),
        ("http://example.com/\r\nX: y", "invalid_url"),
        ("http://evil.example\\@example.com/", "invalid_url"),
        ("http://exa%00mple.com/", "invalid_url"),
        ("http://exa mple.com/", "invalid_url"),
        ("http://example..com/", "invalid_url"),
        ("http://example.com:0/", "invalid_url"),
        ("http://example.com:65536/", "invalid_url"),
        ("http://example.com:8o/", "invalid_url"),
        ("http://1.2.3.4.5/", "invalid_url"),
        ("http://256.1.1.1/", "invalid_url"),
        ("http://08.1.1.1/", "invalid_url"),
        ("http://example.1/", "invalid_url"),
        ("http://[::1/", "invalid_url"),
        ("http://[fe80::1%25eth0]/", "invalid_url"),
        ("http://[fe80::1%eth0]/", "invalid_url"),
        ("http://[2606:4700::1%25eth0]/", "invalid_url"),
        ("http://" + "a" * 64 + ".com/", "invalid_url"),
        ("ftp://example.com/", "forbidden_protocol"),
        ("file:///etc/passwd", "forbidden_protocol"),
        ("gopher://example.com/", "forbidden_protocol"),
        ("javascript:alert(1)", "forbidden_protocol"),
        ("http://user:pass@example.com/", "credentials_in_url"),
        ("http://user@example.com/", "credentials_in_url"),
        ("http://@example.com/", "credentials_in_url"),
        ("http://example.com#@evil.example/", ""),
        ("http:///path", "missing_host"),
        ("http:example.com", "missing_host"),
        ("http://:80/", "missing_host"),
        ("http://./", "missing_host"),
    ],
)
def test_an_odd_url_is_refused_with_its_reason(url: str, reason: str) -> None:
    assert refusal(url) == reason


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST.",
        "localhost...",
        "ip6-localhost",
        "ip6-loopback",
        "broadcasthost",
        "a.localhost",
        "metadata.google.internal",
        "printer.local",
        "localhost.localdomain",
        "%6cocalhost",
        "ⓛocalhost",
        "nas。local",
    ],
)
def test_a_name_of_the_local_network_is_refused(host: str) -> None:
    assert refusal(f"http://{host}/") == "blocked_hostname"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "127.0.0.1.",
        "127.0.0.1..",
        "127%2e0.0.1",
        "\uff11\uff12\uff17.0.0.1",
        "127。0。0。1",
        "0",
        "0x",
        "169.254.169.254",
        "100.64.0.1",
        "192.88.99.1",
        "224.0.0.1",
        "255.255.255.255",
        "[::]",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:93.184.215.14]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b::5db8:d70e]",
        "[64:ff9b:1::1]",
        "[2002:7f00:1::]",
        "[2001::1]",
        "[2001:db8::1]",
        "[fc00::1]",
        "[fe80::1]",
        "[ff02::1]",
        "[100::1]",
        "[3fff::1]",
        "[5f00::1]",
    ],
)
def test_an_address_that_is_not_public_is_refused_however_it_is_spelled(host: str) -> None:
    assert refusal(f"http://{host}/") == "private_ip_literal"


@pytest.mark.parametrize(
    "answer",
    [
        ("10.0.0.1",),
        ("93.184.215.14", "192.168.1.1"),
        ("2606:4700::1", "::1"),
        ("::ffff:93.184.215.14",),
        ("fe80::1%2",),
    ],
)
def test_one_address_that_is_not_public_refuses_the_whole_answer(answer: tuple[str, ...]) -> None:
    assert refusal("http://example.com/", answer=answer) == "private_ip_resolved"


def test_a_name_without_addresses_is_refused() -> None:
    assert refusal("http://example.com/", answer=()) == "dns_resolution_empty"


def test_a_name_that_cannot_be_looked_up_is_refused() -> None:
    def failing(_host: str) -> list[str]:
        raise OSError

    with pytest.raises(OutboundRefused) as caught:
        Outbound(resolver=Resolver(lookup=failing)).check("http://example.com/")
    assert (caught.value.reason, caught.value.retryable) == ("dns_resolution_failed", True)


def test_a_refusal_names_the_host_but_never_the_address_behind_it() -> None:
    with pytest.raises(OutboundRefused) as caught:
        Outbound(resolver=Resolver(lookup=lambda _host: ["10.1.2.3"])).check("http://shop.example/")
    assert str(caught.value) == "The call to shop.example was refused: private_ip_resolved."


def spellings(address: IPv4Address) -> list[str]:
    number = int(address)
    parts = [number >> 24, number >> 16 & 255, number >> 8 & 255, number & 255]
    return [
        str(address),
        str(number),
        hex(number),
        oct(number).replace("0o", "0"),
        ".".join(hex(part) for part in parts),
        ".".join(f"0{part:o}" for part in parts),
        f"{parts[0]}.{number & 0xFFFFFF}",
        f"{parts[0]}.{parts[1]}.{number & 0xFFFF}",
        str(address).translate({ord("0") + digit: ord("\uff10") + digit for digit in range(10)}),
    ]


@given(st.ip_addresses(v=4))
def test_every_spelling_of_an_ipv4_address_means_the_same_address(address: IPv4Address) -> None:
    assert {parse_target(f"http://{host}/").address for host in spellings(address)} == {address}


@given(st.ip_addresses())
def test_nothing_is_public_that_the_standard_library_calls_special(
    address: IPv4Address | IPv6Address,
) -> None:
    # What the library says about 2001::/23 depends on its patch level.
    assume(address not in IPv6Network("2001::/23"))
    assert not is_public(address) or (address.is_global and not address.is_multicast)


@given(st.text(max_size=60))
def test_no_text_makes_the_parser_fail_otherwise_than_by_refusal(text: str) -> None:
    for url in (text, f"http://{text}", f"http://example.com/{text}"):
        try:
            parsed = parse_target(url)
        except OutboundRefused:
            continue
        assert parse_target(parsed.url) == parsed


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "2001:20::1", "2001:4860:4860::8888"])
def test_ordinary_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))


def test_a_target_is_normalised_for_the_call() -> None:
    target = parse_target("HTTPS://MÜNCHEN.Example.:443/ä b?x=ü#part".replace(" ", "%20"))
    assert target.url == "https://xn--mnchen-3ya.example/%C3%A4%20b?x=%C3%BC"
