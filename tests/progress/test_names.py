"""What a long job is called: each reader reads it in their language, whoever asked for it in which."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import translation

from apps.auth.models import User
from apps.kernel.tenancy.transactions import scoped_transaction
from apps.progress.models import Job
from tests.directory.callers import client_of, member, send
from tests.progress.factories import open_job, open_part, stored, working_in
from tests.support.scopes import House

LIST = "/api/progress/jobs/"
NAMES = {
    "en": "Search index: currencies",
    "pl": "Indeks wyszukiwania: waluty",
    "de": "Suchindex: Währungen",
    "es": "Índice de búsqueda: monedas",
}


def name_in(language: str, client: Client, job_id: UUID | str) -> Any:
    """The name as the interface gives it."""
    return client.get(f"{LIST}{job_id}/", headers={"accept-language": language}).json()["name"]


def opened_in(language: str, house: House, bob: User, **details: Any) -> UUID:
    """A job that was asked for by somebody who reads the language."""
    with translation.override(language):
        return open_job(house, bob, **details)


def test_a_job_asked_for_in_polish_is_read_in_german(house: House) -> None:
    client = client_of(member(house, "search.*", "currencies.*", "progress.jobs.view_all"), organization=house.north)
    body = {"entity": "currencies.currency"}
    asked = send(client, "post", "/api/search/rebuild/", body, **{"Accept-Language": "pl"})
    assert asked.status_code == 202, asked.content
    job_id = asked.json()["progress_job_id"]
    assert {language: name_in(language, client, job_id) for language in NAMES} == NAMES
    assert stored(house, job_id).name == NAMES["pl"]


def test_its_page_and_its_parts_say_it_so_too(house: House, bob: User, browser: Client) -> None:
    job_id = opened_in("pl", house, bob, name="Export of {kind}", words={"kind": "currencies.currency"})
    part_id = open_part(house, job_id, "north")
    page = browser.get(f"/backend/progress/job/{part_id}/change/", headers={"accept-language": "de"})
    assert "Export: Währungen (north)" in page.content.decode()
    assert name_in("es", browser, part_id) == "Exportación de monedas"


@pytest.mark.parametrize("name", ["Eksport klientów", "Batch {7}"])
def test_a_name_without_words_stays_as_it_is(house: House, bob: User, browser: Client, name: str) -> None:
    assert name_in("de", browser, opened_in("pl", house, bob, name=name)) == name


def test_a_job_from_before_there_were_messages_keeps_its_name(house: House, bob: User, browser: Client) -> None:
    job_id = opened_in("pl", house, bob, name="Export of {kind}", words={"kind": "currencies.currency"})
    with working_in(house), scoped_transaction():
        Job.objects.filter(pk=job_id).update(message="", words={})
    assert name_in("de", browser, job_id) == "Eksport: waluty"
