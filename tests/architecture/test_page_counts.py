"""What each list page of the back office costs in queries, frozen in page_counts.json, and never more than twelve."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.auth.models import User
from apps.backoffice.site import site
from apps.directory.management.demo_data import COMPANIES
from apps.directory.models import Tenant
from apps.kernel.tenancy.scope import system_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.backoffice.conftest import signed_in

pytestmark = pytest.mark.committed  # so that the transactions of a request are as they are in use

FILE = Path(__file__).with_name("page_counts.json")
RENEW = "if the new figures are meant: AGORA_RENEW_COUNTS=1 pytest tests/architecture/test_page_counts.py"
MOST = 12
# What opens and closes transactions and savepoints, which costs next to nothing.
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def lists() -> Iterator[str]:
    """Addresses of the lists of all pages but those that only tests have."""
    for model in site._registry:
        if not model.__module__.startswith("tests."):
            yield reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def cost(client: Client, address: str) -> int:
    """Queries of the second call, when what is kept between calls is there."""
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200, address
    return sum(not query["sql"].startswith(CONTROL) for query in captured)


@pytest.fixture
def owner(database: None) -> Client:
    """The browser of the owner of the first tenant of the demonstration, who sees rows of nearly every kind."""
    call_command("seed_demo", stdout=io.StringIO())
    tenant = Tenant.objects.get(slug=COMPANIES[0].slug)
    with system_scope(tenant.pk, "reading in a test"), scoped_transaction():
        return signed_in(User.objects.get(email=COMPANIES[0].people[0].email))


@pytest.mark.matrix
def test_no_list_costs_more_than_is_written(owner: Client) -> None:
    found = {address: cost(owner, address) for address in lists()}
    if os.environ.get("AGORA_RENEW_COUNTS"):
        FILE.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n")
    assert {address: count for address, count in found.items() if count > MOST} == {}
    assert found == json.loads(FILE.read_text()), RENEW
    assert len(found) >= 30
