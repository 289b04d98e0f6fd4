"""Tokens in JSON templates: what they find, what keeps its kind, what is refused and where."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.kernel.templating import (
    InvalidTemplate,
    Sources,
    TemplateRefused,
    TemplateTooLarge,
    allowed_env,
    check_template,
    fill,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CONTEXT: dict[str, Any] = {
    "order": {"number": "SO-7", "total": Decimal("12.50"), "lines": [{"sku": "A"}, {"sku": "B"}], "note": None},
    "paid": True,
    "on": date(2026, 3, 1),
    "id": UUID(int=5),
    "workflow": {"id": "mine"},
}
SOURCES = Sources(CONTEXT, NOW, workflow={"id": "w-1", "version": 3}, env={"APP_URL": "https://agora.example"})


def complaints(template: object, sources: Sources = SOURCES) -> list[tuple[str, str]]:
    with pytest.raises(InvalidTemplate) as refusal:
        fill(template, sources)
    return [(error.field, error.code) for error in refusal.value.errors]


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("{{context.order.total}}", Decimal("12.50")),
        ("{{ order.lines }}", [{"sku": "A"}, {"sku": "B"}]),
        ("{{paid}}", True),
        ("{{order.note}}", None),
        ("{{on}}", date(2026, 3, 1)),
        ("{{workflow.version}}", 3),
        ("{{context.workflow.id}}", "mine"),
        ("{{env.APP_URL}}", "https://agora.example"),
        ("{{now}}", "2026-03-01T12:00:00+00:00"),
        ("{{order.lines[1].sku}}", "B"),
        ("{{order.lines.0.sku}}", "A"),
    ],
)
def test_a_text_that_is_one_token_becomes_the_value(template: str, value: object) -> None:
    filled = fill(template, SOURCES)
    assert (filled, type(filled)) == (value, type(value))


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Order {{order.number}}!", "Order SO-7!"),
        ("{{order.number}}{{paid}}", "SO-7true"),
        (" {{order.total}}", " 12.50"),
        ("on {{on}} at {{now}}", "on 2026-03-01 at 2026-03-01T12:00:00+00:00"),
        ("id={{id}}", "id=00000000-0000-0000-0000-000000000005"),
        ("{{order.lines}};", '[{"sku":"A"},{"sku":"B"}];'),
        ("no tokens, {single} }} braces", "no tokens, {single} }} braces"),
        ('literal {{"{{"}}x}}', "literal {{x}}"),
    ],
)
def test_values_inside_text_become_text(template: str, text: str) -> None:
    assert fill(template, SOURCES) == text


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ('{{gone ?? "none"}}', "none"),
        ("{{gone??5}}", 5),
        ("{{ gone ?? 0.10 }}", Decimal("0.10")),
        ("{{gone ?? null}}", None),
        ("{{gone ?? false}}", False),
        ('{{order.note ?? "–"}}', "–"),
        ('{{order.number ?? "none"}}', "SO-7"),
        ('{{paid ?? "x"}} {{gone ?? ""}}', "true "),
        (r'{{gone ?? "a \"quoted\" }} text"}}', 'a "quoted" }} text'),
    ],
)
def test_a_default_stands_in_for_nothing_and_for_null(template: str, value: object) -> None:
    assert fill(template, SOURCES) == value


def test_filling_goes_through_lists_and_objects_but_leaves_keys_alone() -> None:
    template = {"{{paid}}": [{"to": "{{order.number}}"}, 5, None, True, Decimal("1.5")], "n": ("{{paid}}",)}
    assert fill(template, SOURCES) == {
        "{{paid}}": [{"to": "SO-7"}, 5, None, True, Decimal("1.5")],
        "n": [True],
    }


def test_what_was_filled_in_is_not_read_again() -> None:
    sources = Sources({"a": "{{b}}", "b": "secret"}, NOW)
    assert fill(["{{a}}", "x{{a}}"], sources) == ["{{b}}", "x{{b}}"]


def test_every_complaint_names_its_value() -> None:
    template = {
        "to": "{{customer.email}}",
        "body": {"lines": ["{{order.number}}", "{{order.lines[5].sku}}", "{{ open"]},
        "note": "Note: {{order.note}}",
        "key": "{{env.SECRET_KEY}}",
    }
    assert complaints(template) == [
        ("to", "not_filled"),
        ("body.lines[1]", "not_filled"),
        ("body.lines[2]", "bad_token"),
        ("note", "not_filled"),
        ("key", "not_filled"),
    ]


@pytest.mark.parametrize(
    "token",
    [
        *("{{}}", "{{ }}", "{{a b}}", "{{a.}}", "{{.a}}", "{{a ?? }}", "{{a ?? b}}", "{{a ?? 'b'}}", '{{a ?? "b}}'),
        *("{{a}", "{{1}}", "{{a | upper}}", "{{a()}}", "{{a ?? [1]}}", "{{a ?? NaN}}", "{{{a}}}", "x\x00y", "x\ud800"),
    ],
)
def test_what_is_no_token_is_refused(token: str) -> None:
    assert complaints({"x": token}) == [("x", "bad_token")]


@pytest.mark.parametrize(
    "path", ["paid.real", "order.__class__", "order.keys", "order.number.0", "env", "env.A.B", "now.x", "workflow.gone"]
)
def test_attributes_and_unknown_paths_are_not_found(path: str) -> None:
    assert complaints(f"{{{{{path}}}}}") == [("", "not_filled")]


@pytest.mark.parametrize("value", [None, object(), float("nan"), Decimal("1e999999"), 10**400, {1, 2}, [float("inf")]])
def test_values_without_a_text_are_refused_inside_text(value: object) -> None:
    assert complaints("a {{x}}", Sources({"x": value}, NOW)) == [("", "not_filled")]


def test_only_allowed_names_of_the_environment_are_seen() -> None:
    env = allowed_env(["APP_URL", "UNSET"], {"APP_URL": "u", "SECRET_KEY": "s"})
    assert env == {"APP_URL": "u"}


def test_a_template_is_checked_when_it_is_saved() -> None:
    check_template({"a": ["{{anything.at.all}} {{env.APP_URL}}"]}, env_names=["APP_URL"])
    with pytest.raises(InvalidTemplate) as refusal:
        check_template({"a": "{{env.SECRET_KEY}}", "b": "{{x"}, env_names=["APP_URL"])
    assert [error.field for error in refusal.value.errors] == ["a", "b"]


@pytest.mark.parametrize("template", [["x"] * 10_001, "x" * 1_100_000, ["x" * 1_000] * 1_100])
def test_large_templates_are_refused(template: object) -> None:
    with pytest.raises(TemplateTooLarge):
        fill(template, SOURCES)


def test_a_large_value_may_not_be_multiplied() -> None:
    sources = Sources({"big": ["x" * 1_000] * 100}, NOW)
    assert len(fill(["{{big}}"] * 9, sources)) == 9
    with pytest.raises(TemplateTooLarge):
        fill(["{{big}}"] * 11, sources)
    with pytest.raises(TemplateTooLarge):
        fill("{{big}} " * 11, sources)


def test_templates_that_nest_without_end_are_refused() -> None:
    endless: list[Any] = []
    endless += [endless, endless]
    with pytest.raises(TemplateTooLarge):
        fill(endless, SOURCES)


@pytest.mark.parametrize("unit", ["{", "{{", "{{a", '{{"', '{{a ?? "', "{{a ??", "{{a}} ", "{{ a . b"])
def test_long_hostile_texts_are_read_in_one_pass(unit: str) -> None:
    try:
        fill(unit * (300_000 // len(unit)), Sources({"a": 1}, NOW))
    except TemplateRefused:
        return
    assert unit in ("{{a}} ", "{")


TEXTS = st.text(max_size=20) | st.text(alphabet='{}"?ab. 1\\', max_size=30)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.binary(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(ANYTHING, st.dictionaries(st.sampled_from(["a", "b"]), ANYTHING))
def test_any_template_is_filled_or_refused(template: object, context: dict[str, Any]) -> None:
    try:
        fill(template, Sources(context, NOW))
    except TemplateRefused as refusal:
        assert refusal.code.startswith("kernel.template.")  # noqa: PT017


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_any_text_can_be_written_as_a_token(text: str) -> None:
    assert fill("{{" + json.dumps(text) + "}}", SOURCES) == text


@given(ANYTHING)
def test_a_template_without_tokens_stays_as_it_is(template: object) -> None:
    plain = json.loads(json.dumps(template, default=str, allow_nan=True))
    if "{{" not in json.dumps(plain) and "\\" not in json.dumps(plain):
        assert repr(fill(plain, SOURCES)) == repr(plain)


@given(ANYTHING.filter(lambda value: not isinstance(value, (str, float))))
def test_one_token_gives_the_very_value(value: object) -> None:
    assert fill("{{a}}", Sources({"a": value}, NOW)) is value
