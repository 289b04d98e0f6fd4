"""Bodies of e-mails and documents: what authors have, what they have not, and how much."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.kernel.templating import (
    InvalidDocument,
    TemplateRefused,
    TemplateTooLarge,
    check_document,
    render_document,
)

CONTEXT: Mapping[str, Any] = {
    "order": {"number": "SO-7", "items": [{"name": "<b>", "price": Decimal("2.50"), "qty": 3}], "note": None},
    "rows": [{"n": 3}, {"n": 1}, {"n": 2}],
    "on": date(2026, 3, 1),
    "name": "Ann",
    "big": list(range(5_000)),
    "long": "x" * 1_000,
}


def render(source: str, *, html: bool = False) -> str:
    return render_document(source, CONTEXT, html=html)


def refusal(source: str) -> tuple[int, str]:
    with pytest.raises(InvalidDocument) as caught:
        render(source)
    assert caught.value.status == 422
    return caught.value.context["line"], caught.value.context["reason"]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Dear {{ name }},", "Dear Ann,"),
        ("{{ order.items[0].price * 3 }}", "7.50"),
        ("{{ order['number'] }} {{ on }}", "SO-7 2026-03-01"),
        ("{{ order.note }}|{{ order.note|default('–') }}|{{ gone|d('x') }}", "|–|x"),
        ("{% for r in rows if r.n > 1 %}{{ loop.index }}:{{ r.n }}{{ ',' if not loop.last }}{% endfor %}", "1:3,2:2"),
        ("{% for k, v in rows[0]|items %}{{ k }}={{ v }}{% else %}none{% endfor %}", "n=3"),
        ("{% set total = rows|sum('n') %}{{ total }} {{ rows|map('n')|sort|join(', ') }}", "6 1, 2, 3"),
        ("{{ rows|sort('n', reverse=true)|map('n')|first }} {{ rows|length }}", "3 3"),
        ("{{ 'a' ~ 1 ~ none ~ 'b' + 'c' }}", "a1bc"),
        ("{{ 1 / 3 > 0.3 and 2 in [1, 2] and name is defined }}", "true"),
        ("{{ 2.345|round(2) }} {{ 7 // 2 }} {{ 7 % 2 }} {{ -(name|length) }}", "2.35 3 1 -3"),
        ("{{ 0.1 + 0.2 }}", "0.3"),
        ("{% if order.note is none %}\n  yes\n{% endif %}\n", "  yes\n"),
        ("{{ name|upper }}{{ name|truncate(2) }}{{ range(3)|join }}", "ANNA…012"),
    ],
)
def test_what_authors_have(source: str, text: str) -> None:
    assert render(source) == text


def test_html_is_escaped_once_and_plain_text_is_not() -> None:
    source = "{{ order.items[0].name }} {{ order.items[0].name|e }} {{ order.items[0].name|upper }}"
    assert render(source, html=True) == "&lt;b&gt; &lt;b&gt; &lt;B&gt;"
    assert render(source) == "<b> &lt;b&gt; <B>"


def test_keys_that_are_named_like_methods_are_found() -> None:
    assert render_document("{{ a.items }}{{ a.keys }}", {"a": {"items": 1, "keys": 2}}, html=False) == "12"


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("a\n\n{{ gone }}", 3, "'gone' is undefined"),
        ("{{ name }}\n{{ order.items[0].sku }}", 2, "has no attribute 'sku'"),
        ("\n{% if %}", 2, "Expected an expression"),
        ("x\n{{ name|nope }}", 2, "No filter named 'nope'"),
        ("x\n{% for r in name %}{% endfor %}", 2, "str is not a list"),
        ("x\n{{ 1 / 0 }}", 2, "a calculation has no result"),
        ("x\n{{ rows|map('x')|join }}", 2, "an element has no x"),
        ("x\n{{ order }}\n{{ name + 1 }}", 3, "+ takes numbers"),
        ("{{ rows == rows }}", 1, "lists and objects are not compared"),
        ("{{ 99999999999999999999|round }}", 1, "15 digits"),
        ("{{ name", 1, "unexpected end"),
    ],
)
def test_errors_name_their_line(source: str, line: int, reason: str) -> None:
    found_line, found_reason = refusal(source)
    assert found_line == line
    assert reason in found_reason


@pytest.mark.parametrize(
    "source",
    [
        "{{ name.__class__ }}",
        "{{ name['__class__'] }}",
        "{{ name|attr('__class__') }}",
        "{{ rows|map('__class__')|list }}",
        "{{ rows|map(attribute='__class__')|join }}",
        "{{ ().__class__.__bases__[0].__subclasses__() }}",
        "{{ name.upper() }}",
        "{{ name.format }}",
        "{{ '{0.__class__}'.format(name) }}",
        "{{ '%s' % name }}",
        "{{ order.items.append(1) }}",
        "{{ rows.pop() }}",
        "{{ self }}",
        "{{ self._TemplateReference__context }}",
        "{{ range.__self__ }}",
        "{{ loop }}",
        "{{ cycler('a').next() }}",
        "{{ lipsum() }}",
        "{{ namespace(a=1) }}",
        "{{ dict(a=1) }}",
        "{{ range(*rows) }}",
        "{{ [1]|loop over(-5) }}",
        "{{ rows|safe }}",
        "{% include 'x' %}",
        "{% import 'x' as x %}",
        "{% extends 'x' %}",
        "{% block a %}{% endblock %}",
        "{% macro a() %}{% endmacro %}",
        "{% call x() %}{% endcall %}",
        "{% filter upper %}a{% endfilter %}",
        "{% set a %}b{% endset %}",
        "{% autoescape false %}{% endautoescape %}",
        "{% for r in rows recursive %}{{ loop(r) }}{% endfor %}",
        "{% for r in rows %}{{ loop.__class__ }}{% endfor %}",
        "{% for r in rows %}{{ loop._iterable }}{% endfor %}",
        "{% do rows.pop() %}",
        "{{ 2 ** 9 }}",
    ],
)
def test_what_authors_have_not(source: str) -> None:
    refusal(source)


def test_functions_in_the_context_cannot_be_called() -> None:
    for source in ("{{ f() }}", "{{ f }}", "{{ a.f() }}", "{{ range() }}"):
        with pytest.raises(InvalidDocument):
            render_document(source, {"f": list, "a": {"f": list}, "range": list}, html=False)


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}",
        "{% for i in big %}{{ big|reverse|length }}{% endfor %}",
        "{% for i in big %}{{ i in big }}{% endfor %}",
        "{% for i in big %}{{ big[1:]|length }}{% endfor %}",
        "{% for i in big %}{{ long }}{{ long }}{% endfor %}",
        "{% set a = long %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
        "{% set a = long %}" + "{% set a = a + a %}" * 40,
        "{% set a = long %}" + "{% set a = [a, a]|join %}" * 40,
        "{% set a = big|join(long) %}",
        "x" * 100_001,
    ],
)
def test_work_and_size_are_limited(source: str) -> None:
    with pytest.raises(TemplateTooLarge):
        render(source)


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'a' * 999999999 }}",
        "{{ 'a'|center(999999999) }}",
        "{{ range(999999999)|join }}",
        "{% set a = 99999 %}" + "{% set a = a * a %}" * 40,
        "{{ " + "9" * 5_000 + " }}",
        "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
        "{{ " + "not " * 5_000 + "1 }}",
        "{{ " + "+".join(["1"] * 5_000) + " }}",
        "{{ a" + ".b" * 5_000 + " }}",
        "{% for i in big %}" * 30 + "{% endfor %}" * 30,
        "{% if 1 %}" * 3_000 + "{% endif %}" * 3_000,
    ],
)
def test_bombs_are_refused_before_they_go_off(source: str) -> None:
    refusal(source)


def test_a_context_of_many_megabytes_is_refused() -> None:
    with pytest.raises(TemplateTooLarge):
        render_document("x", {"a": ["y" * 1_000_000] * 5}, html=False)


def test_a_document_is_checked_when_it_is_saved() -> None:
    check_document("{{ anything.at.all }}")
    with pytest.raises(InvalidDocument):
        check_document("{{ name.__class__ }}")


def test_rendering_leaves_the_context_alone() -> None:
    context = {"a": [1]}
    render_document("{% set a = 5 %}{% set b = a %}{{ a }}", context, html=True)
    assert context == {"a": [1]}


WORDS = ["{{", "}}", "{%", "%}", "for", "in", "if", "endfor", "endif", "set", "name", "rows", "|", "sort", "join", "."]
WORDS += ["(", ")", "[", "]", "'", "~", "+", "*", "loop", "range", "1", "9999", "__class__", "=", "==", ",", "items"]


@given(st.lists(st.sampled_from(WORDS), max_size=15).map(" ".join) | st.text(max_size=30))
@settings(max_examples=200)
def test_any_source_is_rendered_or_refused(source: str) -> None:
    try:
        assert len(render(source, html=True)) <= 1 << 20
    except TemplateRefused as error:
        assert error.status in (400, 422)  # noqa: PT017
