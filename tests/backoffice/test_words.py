"""What pages say in the reader's language beyond their own texts: the theme, columns, commands, states."""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.core.validators import RegexValidator
from django.test import Client
from django.utils import translation

from apps.customers.models import Deal
from apps.directory.models import Tenant
from apps.kernel.admin.labels import Labels
from apps.kernel.admin.wording import command_words, field_label, value_text
from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.commands.migrating import MIGRATE
from apps.kernel.outbound.errors import Reason
from tests.backoffice.currencies import LIST, make_currency
from tests.customers.factories import make_person
from tests.support.scopes import House

POLISH = {"accept-language": "pl"}


def test_what_the_theme_says_is_translated(house: House, alice: Client) -> None:
    make_currency(house)
    content = alice.get(LIST, headers=POLISH).content.decode()
    assert ("Zaznacz rekord" in content, "Wybierz działanie" in content) == (True, True)
    assert ("Select record" in content, "Select action" in content) == (False, False)


def test_columns_that_no_model_names_are_translated(house: House, alice: Client) -> None:
    make_currency(house)
    content = alice.get(f"{LIST}?columns=code,organization_id", headers=POLISH).content.decode()
    assert ("Organizacja" in content, ">Organization<" in content) == (True, False)
    with translation.override("pl"):
        assert field_label(None, "expires_at") == "Wygasa"


@pytest.mark.parametrize(
    ("language", "wanted"), [("en", "0 currencies"), ("pl", "waluty: 0"), ("de", "0 Währungen"), ("es", "0 monedas")]
)
def test_the_number_of_rows_is_said_as_the_language_counts(alice: Client, language: str, wanted: str) -> None:
    answer = alice.get(LIST, headers={"accept-language": language})
    assert wanted in " ".join(answer.content.decode().split())


def test_what_is_said_after_a_change_fits_every_kind_of_record(house: House, alice: Client) -> None:
    record = make_currency(house, "EUR")
    page = f"{LIST}{record.pk}/change/"
    form = alice.get(page, headers=POLISH).context["adminform"].form
    values = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    answer = alice.post(page, {**values, "name": "Euro", "version": record.version}, headers=POLISH, follow=True)
    assert next(str(item) for item in answer.context["messages"]).startswith("Zmieniono: waluta „")


def test_sessions_are_listed_in_words(alice: Client) -> None:
    content = alice.get("/backend/auth/session/", headers=POLISH).content.decode()
    assert all(word in content for word in ("Urządzenie", "Ostatnie użycie", "Wygasa"))
    assert "Session object" not in content


def test_groups_of_permissions_are_translated(alice: Client) -> None:
    content = alice.get("/backend/auth/role/add/", headers=POLISH).content.decode()
    assert ("Kursy" in content, ">Rates<" in content) == (True, False)


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", ("open", "Logged in", "it belongs to a private network")),
        ("pl", ("otwarta", "Zalogowano", "należy do sieci prywatnej")),
        ("de", ("offen", "Angemeldet", "sie gehört zu einem privaten Netz")),
        ("es", ("abierto", "Sesión iniciada", "pertenece a una red privada")),
    ],
)
def test_states_commands_and_reasons_are_words(language: str, wanted: tuple[str, str, str]) -> None:
    with translation.override(language):
        state = dict(Deal._meta.get_field("outcome").flatchoices)["open"]
        assert (str(state), command_words("auth.user.log_in"), Reason.PRIVATE_IP_LITERAL.words) == wanted


@pytest.mark.parametrize("language", ["pl", "de", "es"])
def test_no_command_stands_in_the_history_by_its_bare_verb(language: str) -> None:
    verbs = {item: item.rpartition(".")[2] for item in COMMANDS if item.partition(".")[0] not in {"tests", "shelf"}}
    with translation.override(language):
        bare = [item for item, verb in verbs.items() if command_words(item) == verb.replace("_", " ").capitalize()]
    assert (bare, len(verbs) > 200, MIGRATE.id in verbs) == ([], True, True)


def test_no_pattern_refuses_without_saying_what_fits() -> None:
    speechless = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("apps.")
        for field in model._meta.get_fields()
        for check in getattr(field, "validators", ())
        if type(check) is RegexValidator and check.message == RegexValidator.message
    ]
    assert speechless == []


def test_an_empty_reference_has_the_dash_of_other_empty_cells(house: House, alice: Client) -> None:
    make_person(house)
    content = alice.get("/backend/customers/person/?columns=display_name,job_title,owner_id").content.decode()
    cells = [re.search(rf'class="field-{name} [^>]*>(.*?)</td>', content) for name in ("job_title", "owner_id")]
    assert [found and found[1] for found in cells] == ["—", "—"]


def test_an_empty_object_is_nothing_in_the_history() -> None:
    values: tuple[object, ...] = ({}, [], None, {"a": 1})
    settings = Tenant._meta.get_field("settings")
    assert [value_text(settings, value, Labels()) for value in values] == [*["—"] * 3, '{"a": 1}']
