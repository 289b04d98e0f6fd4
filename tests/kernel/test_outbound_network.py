"""The client against real servers on the loopback: what is sent, what is followed, what is refused."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_django import Settings

from apps.kernel.outbound.breakers import Breakers
from apps.kernel.outbound.checks import check_private_switch
from apps.kernel.outbound.client import Outbound
from apps.kernel.outbound.errors import OutboundFailed, OutboundRefused
from apps.kernel.outbound.resolving import Resolver, resolver_from_settings
from apps.kernel.tenancy.scope import system_scope
from tests.kernel.outbound_servers import Names, Outside, client, fields, page, redirect, refused


@pytest.fixture
def outside() -> Iterator[Outside]:
    server = Outside()
    yield server
    server.close()


def test_the_answer_has_status_headers_and_body(outside: Outside) -> None:
    outside.pages["/a?b=c"] = page(b'{"n": 1}', status="201 Created", X_Kind="test")
    answer = client().request("post", f"http://shop.example:{outside.port}/a?b=c", json={"ä": 1})
    assert (answer.status, answer.ok, answer.headers["x-kind"], answer.json()) == (
        201,
        True,
        "test",
        {"n": 1},
    )


def test_json_idempotency_key_and_the_hosts_name_are_sent(outside: Outside) -> None:
    outside.pages["/"] = page()
    client().request("POST", f"http://shop.example:{outside.port}", json={"ä": [1]}, idempotency_key="key-1")
    request = outside.requests[0]
    assert request.endswith('\r\n\r\n{"\u00c3\u00a4":[1]}')
    assert {name: fields(request)[name] for name in ("host", "content-type", "idempotency-key")} == {
        "host": f"shop.example:{outside.port}",
        "content-type": "application/json",
        "idempotency-key": "key-1",
    }


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "internal.example"},
        {"Transfer-Encoding": "chunked"},
        {"content-length": "0"},
        {"X-A": "b\r\nX-C: d"},
        {"X-A\r\nX-C": "b"},
        {"X-A": "b\x00"},
        {"": "b"},
        {"X-A": "\u20ac"},
    ],
)
def test_headers_that_change_the_meaning_of_the_request_are_refused(outside: Outside, headers: dict[str, str]) -> None:
    url = f"http://shop.example:{outside.port}/"
    assert refused(client().request, "GET", url, headers=headers) == "invalid_request"
    assert outside.connections == 0


@pytest.mark.parametrize("body", [{"n": float("nan")}, {"n": object()}, "\ud800"])
def test_a_body_that_is_no_json_is_refused(outside: Outside, body: object) -> None:
    url = f"http://shop.example:{outside.port}/"
    assert refused(client().request, "POST", url, json=body) == "invalid_request"


def test_proxies_of_the_environment_are_not_used(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    outside.pages["/"] = page(b"direct")
    assert client().request("GET", f"http://shop.example:{outside.port}/").content == b"direct"


def test_a_context_keeps_the_connection_and_a_bare_client_does_not(outside: Outside) -> None:
    outside.pages["/"] = page(b"x")
    url, names = f"http://shop.example:{outside.port}/", Names()
    with client(names) as kept:
        kept.request("GET", url)
        kept.request("GET", url)
    assert (outside.connections, len(names.asked)) == (1, 1)
    bare = client(names)
    bare.request("GET", url)
    bare.request("GET", url)
    assert (outside.connections, len(names.asked)) == (3, 3)


def test_a_closed_port_is_a_failure_that_may_be_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(OutboundFailed) as caught:
        client().request("GET", f"http://shop.example:{port}/")
    assert (caught.value.reason, caught.value.retryable, caught.value.status) == (
        "connection_failed",
        True,
        503,
    )


def test_the_next_checked_address_is_tried_when_one_does_not_answer(outside: Outside) -> None:
    outside.pages["/"] = page(b"second")
    both = Resolver(lookup=lambda _host: ["127.0.0.9", "127.0.0.1"], permits=lambda _address: True)
    answer = client(resolver=both).request("GET", f"http://shop.example:{outside.port}/")
    assert answer.content == b"second"


@pytest.mark.parametrize("raw", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort"])
def test_an_answer_that_is_no_http_is_refused(outside: Outside, raw: bytes) -> None:
    outside.pages["/"] = lambda connection, _request: connection.sendall(raw)
    url = f"http://shop.example:{outside.port}/"
    assert refused(client().request, "GET", url) == "invalid_response"


def test_a_name_that_changes_its_address_is_looked_up_once_and_pinned(outside: Outside) -> None:
    inside = Outside(address="127.0.0.2", port=outside.port)
    outside.pages["/"], inside.pages["/"] = page(b"public"), page(b"private")
    names = Names(rebinding=[["127.0.0.1"], ["127.0.0.2"]])
    answer = client(names).request("GET", f"http://rebinding.example:{outside.port}/")
    inside.close()
    assert (answer.content, len(names.asked), inside.connections) == (b"public", 1, 0)


def test_after_rebinding_the_next_call_is_refused(outside: Outside) -> None:
    inside = Outside(address="127.0.0.2", port=outside.port)
    outside.pages["/"] = page(b"public")
    caller = client(Names(rebinding=[["127.0.0.1"], ["127.0.0.2"]]))
    url = f"http://rebinding.example:{outside.port}/"
    caller.request("GET", url)
    assert refused(caller.request, "GET", url) == "private_ip_resolved"
    inside.close()
    assert inside.connections == 0


def test_one_private_address_in_the_answer_stops_the_connection(outside: Outside) -> None:
    names = Names(mixed=[["127.0.0.1", "127.0.0.2"]])
    url = f"http://mixed.example:{outside.port}/"
    assert refused(client(names).request, "GET", url) == "private_ip_resolved"
    assert outside.connections == 0


def test_a_literal_of_the_loopback_is_refused_by_the_ordinary_resolver(outside: Outside) -> None:
    ordinary = Outbound(resolver=Resolver())
    for host in ("127.0.0.1", "0x7f.1", "[::ffff:127.0.0.1]"):
        url = f"http://{host}:{outside.port}/"
        assert refused(ordinary.request, "GET", url) == "private_ip_literal"
    assert outside.connections == 0


def test_a_redirect_is_the_answer_unless_hops_are_allowed(outside: Outside) -> None:
    outside.pages["/"] = redirect("/next")
    answer = client().request("GET", f"http://shop.example:{outside.port}/")
    assert (answer.status, answer.headers["location"], len(outside.requests)) == (302, "/next", 1)


def test_allowed_hops_are_followed(outside: Outside) -> None:
    outside.pages |= {"/": redirect("/next"), "/next": redirect("../end?x"), "/end?x": page(b"end")}
    url = f"http://shop.example:{outside.port}/"
    answer = client().request("GET", url, follow_redirects=2)
    assert (answer.content, answer.url) == (b"end", f"{url}end?x")
    assert refused(client().request, "GET", url, follow_redirects=1) == "too_many_redirects"


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("http://127.0.0.2:{port}/", "private_ip_literal"),
        ("http://2130706434:{port}/", "private_ip_literal"),
        ("http://inner.example:{port}/", "private_ip_resolved"),
        ("http://localhost:{port}/", "blocked_hostname"),
        ("//user:pass@shop.example/", "credentials_in_url"),
        ("file:///etc/passwd", "forbidden_protocol"),
        ("http://[bad/", "invalid_url"),
    ],
)
def test_a_hop_to_a_forbidden_place_is_refused(outside: Outside, location: str, reason: str) -> None:
    inside = Outside(address="127.0.0.2", port=outside.port)
    outside.pages["/"] = redirect(location.format(port=outside.port))
    caller = client(Names(inner=[["127.0.0.2"]]))
    url = f"http://shop.example:{outside.port}/"
    assert refused(caller.request, "GET", url, follow_redirects=3) == reason
    inside.close()
    assert inside.connections == 0


def test_credentials_stay_with_their_origin(outside: Outside) -> None:
    outside.pages |= {
        "/": redirect("/same"),
        "/same": redirect(f"http://other.example:{outside.port}/other"),
        "/other": page(),
    }
    secret = {"Authorization": "Bearer x", "Cookie": "a=b", "X-Shop-Key": "k", "Accept": "text/csv"}
    url = f"http://shop.example:{outside.port}/"
    client().request("GET", url, headers=secret, follow_redirects=5)
    sent = [{"authorization", "cookie", "x-shop-key", "accept"} & set(fields(r)) for r in outside.requests]
    assert sent == [{"authorization", "cookie", "x-shop-key", "accept"}] * 2 + [{"accept"}]


def test_a_body_is_not_carried_to_another_origin(outside: Outside) -> None:
    outside.pages["/"] = redirect(f"http://other.example:{outside.port}/", status="307 Temporary Redirect")
    url = f"http://shop.example:{outside.port}/"
    reason = refused(client().request, "POST", url, content=b"secret", follow_redirects=1)
    assert (reason, len(outside.requests)) == ("redirect_refused", 1)


@pytest.mark.parametrize(
    ("status", "method", "body"),
    [("302 Found", "GET", ""), ("303 See Other", "GET", ""), ("307 Temporary Redirect", "POST", "data")],
)
def test_a_redirected_post_keeps_or_loses_its_body_by_the_status(
    outside: Outside, status: str, method: str, body: str
) -> None:
    outside.pages |= {"/": redirect("/next", status=status), "/next": page()}
    url = f"http://shop.example:{outside.port}/"
    client().request("POST", url, content=b"data", headers={"Content-Type": "text/plain"}, follow_redirects=1)
    second = outside.requests[1]
    assert (second.split()[0], second.partition("\r\n\r\n")[2]) == (method, body)
    assert ("content-type" in fields(second)) == bool(body)


def test_a_host_that_keeps_failing_is_left_alone_for_this_tenant_only(outside: Outside) -> None:
    outside.pages["/"] = lambda _connection, _request: None
    caller, url = client(breakers=Breakers(threshold=2)), f"http://shop.example:{outside.port}/"
    with system_scope(uuid4(), "test"):
        reasons = [refused(caller.request, "GET", url) for _ in range(3)]
    with system_scope(uuid4(), "test"):
        elsewhere = refused(caller.request, "GET", url)
    assert reasons == ["invalid_response", "invalid_response", "breaker_open"]
    assert (elsewhere, len(outside.requests)) == ("invalid_response", 3)


def certificate(name: str, folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return pem, secret


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[Outside, ssl.SSLContext, list[str]]]:
    pem, key = certificate("shop.example", tmp_path)
    asked: list[str] = []
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(pem, key)
    server_side.sni_callback = lambda _socket, name, _context: asked.append(name)
    server = Outside(tls=server_side)
    server.pages["/"] = page(b"secure")
    yield server, ssl.create_default_context(cafile=str(pem)), asked
    server.close()


def test_tls_asks_for_and_checks_the_name_of_the_url(
    secure: tuple[Outside, ssl.SSLContext, list[str]],
) -> None:
    server, trusting, asked = secure
    answer = client(ssl_context=trusting).request("GET", f"https://shop.example:{server.port}/")
    assert (answer.content, asked) == (b"secure", ["shop.example"])
    assert fields(server.requests[0])["host"] == f"shop.example:{server.port}"


@pytest.mark.parametrize("host", ["other.example", "127.0.0.1"])
def test_a_certificate_for_another_name_is_refused(
    secure: tuple[Outside, ssl.SSLContext, list[str]], host: str
) -> None:
    server, trusting, _ = secure
    url = f"https://{host}:{server.port}/"
    assert refused(client(ssl_context=trusting).request, "GET", url) == "tls_failed"
    assert server.requests == []


def test_a_certificate_of_an_unknown_authority_is_refused(
    secure: tuple[Outside, ssl.SSLContext, list[str]],
) -> None:
    server, _, _ = secure
    url = f"https://shop.example:{server.port}/"
    assert refused(client().request, "GET", url) == "tls_failed"


def test_a_redirect_from_https_to_http_is_refused(
    secure: tuple[Outside, ssl.SSLContext, list[str]], outside: Outside
) -> None:
    server, trusting, _ = secure
    server.pages["/"] = redirect(f"http://shop.example:{outside.port}/")
    url = f"https://shop.example:{server.port}/"
    caller = client(ssl_context=trusting)
    assert refused(caller.request, "GET", url, follow_redirects=1) == "redirect_refused"
    assert outside.connections == 0


@pytest.mark.parametrize(
    ("debug", "allowed", "reason", "warnings"),
    [
        (True, True, "", []),
        (True, False, "blocked_hostname", []),
        (False, True, "blocked_hostname", ["kernel.W044"]),
        (False, False, "blocked_hostname", []),
    ],
)
def test_the_local_network_opens_only_with_debug(
    settings: Settings, *, debug: bool, allowed: bool, reason: str, warnings: list[str]
) -> None:
    settings.DEBUG, settings.OUTBOUND_ALLOW_PRIVATE = debug, allowed
    caller = Outbound(resolver=resolver_from_settings())
    try:
        caller.check("http://localhost/")
        found = ""
    except OutboundRefused as error:
        found = error.reason
    assert (found, [message.id for message in check_private_switch(None)]) == (reason, warnings)


def test_answers_that_are_no_json_or_have_an_odd_charset_are_told_apart(outside: Outside) -> None:
    outside.pages["/"] = page("zażółć".encode(), content_type="text/plain; charset=zlib")
    answer = client().request("GET", f"http://shop.example:{outside.port}/")
    assert answer.text == "zażółć"
    assert refused(answer.json) == "invalid_response"


@pytest.mark.parametrize("name", ["punycode", "idna", "unicode_escape", "raw-unicode-escape"])
def test_a_codec_that_is_no_charset_of_the_web_is_not_asked(outside: Outside, name: str) -> None:
    """Reading punycode takes a time that grows with the square of its length, and no deadline stops it."""
    body = "-" + "b" * 1000 + r"\u0041"
    outside.pages["/"] = page(body.encode(), content_type=f"text/plain; charset={name}")
    assert client().request("GET", f"http://shop.example:{outside.port}/").text == body
