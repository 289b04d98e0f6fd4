"""Canonical forms: what they are, that they stay what they are, and what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.entities.calculations import Amount, Wrong, canonical, judged, lifted, shown, stored_form
from apps.entities.calculations.definitions import problems_of
from apps.entities.calculations.richtext import ALLOWED, EMPTY, plain, sanitised
from apps.entities.contracts import FieldDefinition, Kind, Option, Rules
from apps.kernel.bases.customs import ExactDecoder, ExactEncoder

OPTIONS = (Option("a", "A"), Option("b", "B"), Option("c", "C"))


def field(kind: Kind, **parts: Any) -> FieldDefinition:
    return FieldDefinition("tests.thing", "key", "Key", kind, options=OPTIONS, **parts)


REFUSED: tuple[tuple[Kind, Any, str], ...] = (
    (Kind.TEXT, 5, "invalid"),
    (Kind.TEXT, "a\u0007b", "control_characters"),
    (Kind.TEXT, "a\nb", "control_characters"),
    (Kind.TEXT, "x" * 501, "max_length"),
    (Kind.TEXT, "\ud800", "invalid"),
    (Kind.INTEGER, True, "invalid"),
    (Kind.INTEGER, "5", "invalid"),
    (Kind.INTEGER, Decimal("5.0"), "invalid"),
    (Kind.INTEGER, 2**63, "out_of_range"),
    (Kind.DECIMAL, 1.5, "invalid"),
    (Kind.DECIMAL, True, "invalid"),
    (Kind.DECIMAL, "1e5", "invalid"),
    (Kind.DECIMAL, "NaN", "invalid"),
    (Kind.DECIMAL, Decimal("1e300"), "out_of_range"),
    (Kind.DECIMAL, Decimal("0." + "1" * 19), "max_decimal_places"),
    (Kind.DECIMAL, 10**21, "out_of_range"),
    (Kind.BOOLEAN, 1, "invalid"),
    (Kind.BOOLEAN, "true", "invalid"),
    (Kind.DATE, "2026-02-30", "invalid"),
    (Kind.DATE, "20260228", "invalid"),
    (Kind.DATE, "2026-02-28T00:00:00Z", "invalid"),
    (Kind.DATETIME, "2026-02-28T00:00:00", "invalid"),
    (Kind.DATETIME, "2026-02-28", "invalid"),
    (Kind.DATETIME, "0001-01-01T00:00:00+05:00", "out_of_range"),
    (Kind.SELECT, "d", "invalid_choice"),
    (Kind.SELECT, ["a"], "invalid"),
    (Kind.MULTISELECT, "a", "invalid"),
    (Kind.MULTISELECT, ["a", "d"], "invalid_choice"),
    (Kind.CURRENCY, 5, "invalid"),
    (Kind.CURRENCY, {"amount": 5}, "invalid"),
    (Kind.CURRENCY, {"amount": 5, "currency": "eur"}, "invalid_currency"),
    (Kind.CURRENCY, {"amount": Decimal("0.00001"), "currency": "EUR"}, "max_decimal_places"),
    (Kind.RELATION, "here", "invalid"),
    (Kind.URL, "javascript:alert(1)", "invalid"),
    (Kind.URL, "ftp://example.com/", "invalid"),
    (Kind.URL, "https://ada:secret@example.com/", "invalid"),
    (Kind.EMAIL, "ada at example.com", "invalid"),
    (Kind.PHONE, "22 123 45 67", "invalid"),
    (Kind.PHONE, "+48 22 CALL ME", "invalid"),
)


@pytest.mark.parametrize(("kind", "raw", "code"), REFUSED)
def test_what_is_no_value_of_the_kind_is_refused(kind: Kind, raw: Any, code: str) -> None:
    with pytest.raises(Wrong) as refusal:
        canonical(field(kind), raw)
    assert refusal.value.code == code


NUMBERS = st.decimals(min_value=-(10**18), max_value=10**18, places=6, allow_nan=False, allow_infinity=False)
MOMENTS = st.datetimes(
    min_value=datetime(2, 1, 1),  # noqa: DTZ001 - the zones come beside it
    max_value=datetime(9998, 1, 1),  # noqa: DTZ001 - as above
    timezones=st.integers(-720, 720).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
VALUES = st.one_of(
    st.tuples(
        st.just(Kind.TEXT), st.text(st.characters(categories=["L", "N", "P", "Zs", "M"]), min_size=1, max_size=40)
    ),
    st.tuples(st.just(Kind.INTEGER), st.integers(-(2**63), 2**63 - 1)),
    st.tuples(st.just(Kind.DECIMAL), NUMBERS),
    st.tuples(st.just(Kind.BOOLEAN), st.booleans()),
    st.tuples(st.just(Kind.DATE), st.dates()),
    st.tuples(st.just(Kind.DATETIME), MOMENTS),
    st.tuples(st.just(Kind.MULTISELECT), st.lists(st.sampled_from("abc"), min_size=1)),
    st.tuples(
        st.just(Kind.CURRENCY),
        st.builds(Amount, st.decimals(-(10**9), 10**9, places=4, allow_nan=False), st.sampled_from(["EUR", "PLN"])),
    ),
)


@given(VALUES)
def test_a_canonical_value_stays_what_it_is(case: tuple[Kind, Any]) -> None:
    kind, raw = case
    known = field(kind)
    value = canonical(known, raw)
    assert canonical(known, shown(value)) == value
    text = json.dumps(stored_form("key", value), cls=ExactEncoder)
    assert lifted(known, json.loads(text, cls=ExactDecoder)) == value


@given(NUMBERS)
def test_a_number_is_stored_digit_for_digit(number: Decimal) -> None:
    text = json.dumps({"key": canonical(field(Kind.DECIMAL), number)}, cls=ExactEncoder)
    assert Decimal(text.removeprefix('{"key":').removesuffix("}")) == number
    assert "e" not in text.lower().removeprefix('{"key":')


@given(MOMENTS, MOMENTS)
def test_times_sort_as_their_texts(one: datetime, other: datetime) -> None:
    known = field(Kind.DATETIME)
    first, second = canonical(known, one), canonical(known, other)
    assert len(first) == len(second) == 27
    assert (first < second) == (one < other)
    assert datetime.fromisoformat(first) == one.astimezone(UTC)


def test_a_float_is_never_stored() -> None:
    with pytest.raises(TypeError):
        json.dumps({"key": [1.5]}, cls=ExactEncoder)


DANGEROUS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mi//xlink:href='data:x,<script>alert(4)</script>'>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href=' &#106;avascript:alert(1)'>x</a>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><img src=x onerror=alert(1)></template>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<form action=javascript:alert(1)><input type=submit></form>",
    "<b <script>alert(1)</script>0",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
)


@pytest.mark.parametrize("text", DANGEROUS)
def test_nothing_runs_in_rich_text(text: str) -> None:
    written = sanitised(f"<p>kept</p>{text}")
    assert written.startswith("<p>kept</p>")
    lowered = written.lower()
    for word in ("<script", "<img", "<svg", "<iframe", "<form", "onerror=alert(1)>", "href=", "style="):
        assert word not in lowered.replace("&lt;", "[")


# Text that means something else to a browser than to a simple reader, and addresses in disguise.
HOSTILE = (
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<svg></p><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<svg><foreignObject><p><img src=x onerror=alert(1)></foreignObject></svg>",
    "<math><annotation-xml encoding='text/html'><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg onload=alert(1)><animate onbegin=alert(1) attributeName=x></svg>",
    "<select><template><style><!--</style><a rel='--></style></template></select><img src=x onerror=alert(1)>'>",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "<noembed><p id='</noembed><img src=x onerror=alert(1)>'>",
    "<table><a id=x><a id='</table><img src=x onerror=alert(1)>'>",
    "<![CDATA[<img src=x onerror=alert(1)>]]><svg><![CDATA[><img src=x onerror=alert(1)>]]></svg>",
    "<?xml <img src=x onerror=alert(1)>?><!doctype <img src=x onerror=alert(1)>>",
    "<a href='&#x6A;&#x61;vascript&colon;alert(1)'>x</a>",
    "<a href='java&Tab;script&NewLine;:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='java\x00script:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='>x</a>",
    "<a href='//evil.example/'>x</a><a href='\\\\evil.example'>x</a>",
    "<a href='https:// evil.example'>x</a><a href='https://x.org/&#10;y'>x</a>",
    "<b style='background:url(javascript:alert(1))' onmouseover=alert(1) class=x id=y>x</b>",
    '<p style="behavior:url(#x)"><link rel=stylesheet href=//evil.example><base href=//evil.example></p>',
)
NAMES = {*ALLOWED, *EMPTY}


class Seen(HTMLParser):
    """Every tag and attribute of a text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= set(attrs)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_browsers_read_otherwise_leaves_nothing_behind(text: str) -> None:
    written = sanitised(f"<p>kept</p>{text}")
    seen = Seen(written)
    assert written.startswith("<p>kept</p>")
    assert seen.tags <= NAMES
    assert seen.attributes <= {("rel", "noopener noreferrer nofollow")}
    assert sanitised(written) == written


def test_tags_deeper_than_twenty_are_left_out() -> None:
    assert sanitised("<ul><li>" * 5000 + "x") == "<ul><li>" * 10 + "x" + "</li></ul>" * 10


def test_a_text_that_mending_makes_too_long_is_refused() -> None:
    with pytest.raises(Wrong) as refusal:
        canonical(field(Kind.RICHTEXT), "<b><i><p>x</b>" * 6000)
    assert refusal.value.code == "max_length"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("<pre>\n\n\nx</pre>", "<pre>x</pre>"),
        ("<div>a<p>b</p></div>", "<p>a</p><p>b</p><p></p>"),
        ("<a href=' mailto:a@b.org '>x</a>", '<a href="mailto:a@b.org" rel="noopener noreferrer nofollow">x</a>'),
        ("<p>one<p>two", "<p>one</p><p>two</p>"),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
        ("<h1>Big</h1><div>x</div>", "<h2>Big</h2><p>x</p>"),
        ("1 < 2 & 3", "1 &lt; 2 &amp; 3"),
        ("<b>open", "<b>open</b>"),
        ("<p> </p><script>x</script>", ""),
        (
            '<a href="https://example.com/?a=1&amp;b=2" onclick="x()">x</a>',
            '<a href="https://example.com/?a=1&amp;b=2" rel="noopener noreferrer nofollow">x</a>',
        ),
    ],
)
def test_rich_text_is_written_anew(text: str, written: str) -> None:
    assert sanitised(text) == written


TAGS = st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", "<ul>", "<li>", "</li>", "</ul>", "<a href=https://x.org>", "</a>"]
)
PIECES = st.one_of(
    TAGS, st.sampled_from(["<script>", "</script>", "<svg>", "<br>", "<!--", "-->", "&lt;", "<"]), st.text()
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_what_is_sanitised_stays_as_it_is(text: str) -> None:
    written = sanitised(text)
    assert sanitised(written) == written
    assert plain(written).strip() or not written


@pytest.mark.parametrize(
    ("kind", "rules", "value", "codes"),
    [
        (Kind.INTEGER, Rules(minimum=Decimal(1), maximum=Decimal(3)), 0, ["min_value"]),
        (Kind.INTEGER, Rules(minimum=Decimal(1), maximum=Decimal(3)), 3, []),
        (Kind.CURRENCY, Rules(maximum=Decimal("3.5")), Amount(Decimal(4), "EUR"), ["max_value"]),
        (Kind.DATE, Rules(minimum="2026-01-01"), "2025-12-31", ["min_value"]),
        (Kind.TEXT, Rules(min_length=3, pattern="[a-z]+"), "A", ["min_length", "pattern"]),
        (Kind.TEXT, Rules(pattern="a|b"), "ab", ["pattern"]),
        (Kind.MULTISELECT, Rules(max_length=1), ["a", "b"], ["max_length"]),
        (Kind.RICHTEXT, Rules(max_length=2), "<p><b>ab</b></p>", []),
    ],
)
def test_rules_of_a_field(kind: Kind, rules: Rules, value: Any, codes: list[str]) -> None:
    assert [problem.code for problem in judged(field(kind, rules=rules), value)] == codes


def test_a_pattern_takes_linear_time() -> None:
    known = field(Kind.TEXT, rules=Rules(pattern="(a*)*b"))
    assert [problem.code for problem in judged(known, "a" * 500)] == ["pattern"]


def test_a_kind_whose_records_are_not_installed_is_refused() -> None:
    loose = FieldDefinition("tests.thing", "scan", "Scan", Kind.FILE)
    found = [item.code for item in problems_of(loose, kinds=[Kind.TEXT], targets=[])]
    assert found == ["entities.definition.unavailable"]
    assert list(problems_of(loose, kinds=[Kind.FILE], targets=[])) == []
