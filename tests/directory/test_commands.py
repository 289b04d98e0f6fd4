"""The command line: founding a tenant, and the demonstration that can be run again."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from apps.auth.models import User
from apps.directory.management.demo_data import COMPANIES, STORIES
from apps.directory.management.staff import user_named, whole_tenant
from apps.directory.models import Organization, Tenant
from apps.kernel.commands.models import Action
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import system_scope
from apps.kernel.tenancy.transactions import scoped_transaction
from tests.directory.callers import client_of
from tests.directory.trees import faults, tree


def ran(name: str, *words: str, **options: Any) -> str:
    out = StringIO()
    call_command(name, *words, stdout=out, **options)
    return out.getvalue()


def actions() -> int:
    """Actions of all tenants together, counted tenant by tenant."""
    total = 0
    for tenant_id in Tenant.objects.values_list("pk", flat=True):
        with whole_tenant(tenant_id, "tests"), scoped_transaction():
            total += Action.objects.count()
    return total


def sold(tenant: Tenant) -> dict[str, str]:
    """Handles of organizations, and what their catalogs begin with."""
    trades = {"CL": "clothing", "PA": "parts", "FO": "food"}
    with whole_tenant(tenant.pk, "tests"), scoped_transaction():
        rows = Organization.objects.order_by("pk").values_list("pk", "slug")
        slugs = {key: slug if place else tenant.slug for place, (key, slug) in enumerate(rows)}
        products = ENTITIES["catalog.product"].living().exclude(sku__startswith="BASKET")
        found = {(slugs[key], sku[:2]) for key, sku in products.values_list("organization_id", "sku")}
    return {slug: trades[start] for slug, start in found}


def test_a_tenant_is_founded_and_completed(database: None) -> None:
    first = ran("create_tenant", "Initech", slug="initech", currency="CHF", admin_email="ada@initech.example")
    tenant = Tenant.objects.get(slug="initech")
    assert (tenant.status, tenant.base_currency) == ("active", "CHF")
    assert str(tenant.pk) in first
    assert re.search(r"superadmin +ada@initech\.example +\S{20}", first)
    second = ran("create_tenant", "Initech", slug="initech")
    assert "exists" in second
    assert Tenant.objects.count() == 1
    with system_scope(tenant.pk, "tests"), scoped_transaction():
        assert Organization.objects.count() == 1


def test_bad_settings_are_all_told_and_nothing_is_founded(database: None) -> None:
    with pytest.raises(CommandError) as refusal:
        ran("create_tenant", "Initech", currency="QQQ", time_zone="Mars", locale="xx")
    assert all(name in str(refusal.value) for name in ("base_currency", "time_zone", "locale"))
    assert Tenant.objects.count() == 0


def test_the_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("create_tenant", "seed_demo"):
        with pytest.raises(SystemExit):
            call_command(name, "--help")
        assert "usage" in capsys.readouterr().out


@pytest.mark.prove
def test_the_demonstration_has_trees_people_and_a_history_and_is_made_once(database: None) -> None:
    printed = ran("seed_demo")
    for company in COMPANIES:
        tenant = Tenant.objects.get(slug=company.slug)
        with whole_tenant(tenant.pk, "tests"), scoped_transaction():
            names = set(ENTITIES["auth.user"].living().values_list("name", flat=True))
            assert Organization.objects.count() == len(company.branches) + 1
            authors = set(Action.objects.filter(actor_kind="staff").values_list("actor_label", flat=True))
        assert names == {person.name for person in company.people}
        told = {branch.slug: branch.trade for branch in company.branches} | {company.slug: company.trade}
        assert sold(tenant) == {slug: trade for slug, trade in told.items() if trade}
        assert authors <= names
        assert authors, "nobody changed anything"
        with system_scope(tenant.pk, "tests"):
            assert faults(tree()) == []
        for person in company.people:
            assert re.search(rf"{person.role} +{re.escape(person.email)} +\S{{20}}", printed), printed
    assert "http://" in printed

    before = actions()
    printed = ran("seed_demo")
    assert actions() == before
    assert "nothing was changed" in printed
    assert "@" not in printed


def test_an_interrupted_run_is_completed(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[str] = []

    def stop(self: object, line: str) -> None:
        reached.append(line)
        if len(reached) == 4:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("apps.directory.management.seeding.Seeder._did", stop)
        ran("seed_demo", "--no-examples")
    ran("seed_demo", "--no-examples")
    assert Tenant.objects.count() == len(COMPANIES)
    assert "nothing was changed" in ran("seed_demo", "--no-examples")


def test_the_demonstrations_employee_sees_one_branch_and_what_was_moved_below_it(database: None) -> None:
    ran("seed_demo", "--no-examples")
    company, story = COMPANIES[0], STORIES[0]
    tenant = Tenant.objects.get(slug=company.slug)
    with whole_tenant(tenant.pk, "tests"), scoped_transaction():
        maja = user_named(company.people[2].name)
        names = dict(Organization.objects.values_list("pk", "slug"))
    assert isinstance(maja, User)
    answer = client_of(maja).get("/api/currencies/currencies/?page_size=100")
    seen = {names[UUID(row["organization_id"])] for row in answer.json()["results"]}
    assert seen == {story.moved[1], story.moved[0], "wislana-salon-sopot"}
