"""Makes the demonstration, step by step; a step whose result is there already does nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Model

from apps.directory.management.demo_data import Branch, Company, Person, Story
from apps.directory.management.staff import (
    LogIn,
    as_person,
    create_user,
    run,
    sees_everything,
    user_named,
    whole_tenant,
)
from apps.directory.models import Organization, Tenant, TenantStatus
from apps.directory.services import create_organization, create_tenant, move_organization, update_organization
from apps.directory.services.hooks import furnish_examples
from apps.kernel.ids import uuid7
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.scope import current_scope, in_organization, system_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction

REASON = "demo data"


@dataclass(slots=True)
class Seeder:
    """What was made so far: `tell` gets a line for each step that did something."""

    tell: Callable[[str], None]
    with_examples: bool = True
    log_ins: list[LogIn] = field(default_factory=list)
    steps: int = 0
    _fresh: set[UUID] = field(default_factory=set)

    def seed(self, company: Company, story: Story) -> None:
        """Make one company with everything that belongs to it."""
        tenant = self._tenant(company)
        with whole_tenant(tenant.pk, REASON):
            for branch in company.branches:
                self._branch(branch)
            for person in company.people:
                self._person(company, person)
        if self.with_examples and tenant.pk in self._fresh:
            self._furnish(tenant)
        with whole_tenant(tenant.pk, REASON):
            superadmin, admin, _employee = (user_named(person.name) for person in company.people)
            if superadmin is not None and admin is not None:
                self._tell_story(story, superadmin, admin)

    def _did(self, line: str) -> None:
        self.steps += 1
        self.tell(line)

    def _tenant(self, company: Company) -> Tenant:
        found = Tenant.objects.filter(slug=company.slug).first()
        if found is not None:
            return found
        with system_scope(uuid7(), REASON):
            tenant = create_tenant(
                name=company.name,
                slug=company.slug,
                locale=company.locale,
                time_zone=company.time_zone,
                base_currency=company.currency,
                status=TenantStatus.ACTIVE,
            )
        self._fresh.add(tenant.pk)
        self._did(f"tenant {company.name} with roles, root organization and currencies")
        return tenant

    def _furnish(self, tenant: Tenant) -> None:
        """Only once: a second start of the demonstration is quick, and examples that were changed stay so."""
        with whole_tenant(tenant.pk, REASON):
            furnish_examples(REASON)
        self._did("examples of every module: two years of sample rates and customers, a dictionary, vehicles")

    def _branch(self, branch: Branch) -> None:
        if organization(branch.slug) is not None:
            return
        parent = organization(branch.parent) if branch.parent else root()
        create_organization(name=branch.name, slug=branch.slug, parent_id=parent.pk if parent else None)
        self._did(f"organization {branch.name}")

    def _person(self, company: Company, person: Person) -> None:
        home = organization(person.only) if person.only else root()
        user = user_named(person.name) or self._new_user(company, person, home)
        if person.only and home is not None and sees_everything(user):
            run("auth.user.set_acl", user_id=user.pk, organization_ids=[home.pk])
            self._did(f"user {person.name} limited to {home.name}")

    def _new_user(self, company: Company, person: Person, home: Organization | None) -> Model:
        user, password = create_user(
            name=person.name,
            email=person.email,
            role=person.role,
            home=home.pk if home else None,
            locale=company.locale,
            time_zone=company.time_zone,
        )
        self.log_ins.append(LogIn(company.name, person.role, person.email, password))
        self._did(f"user {person.name} ({person.role})")
        return user

    def _tell_story(self, story: Story, superadmin: Model, admin: Model) -> None:
        self._move(admin, *story.moved)
        self._rename(superadmin, *story.renamed)
        self._add_currencies(admin, *story.added)
        self._switch_off(superadmin, *story.switched_off)

    def _move(self, who: Model, slug: str, target_slug: str) -> None:
        moved, target = organization(slug), organization(target_slug)
        if moved is None or target is None or moved.parent_id == target.pk:
            return
        with acting_at_root(who):
            move_organization(moved.pk, parent_id=target.pk)
        self._did(f"{who} moved {moved.name} below {target.name}")

    def _rename(self, who: Model, slug: str, name: str) -> None:
        found = organization(slug)
        if found is None or found.name == name:
            return
        with acting_at_root(who):
            update_organization(found.pk, name=name)
        self._did(f"{who} renamed {found.name} to {name}")

    def _add_currencies(self, who: Model, slug: str, codes: tuple[str, ...]) -> None:
        found = organization(slug)
        if found is None or all(currency(found.pk, code) is not None for code in codes):
            return
        with as_person(who, organization_id=found.pk):
            run("currencies.currency.add_from_master", codes=list(codes))
        self._did(f"{who} gave {found.name} the currencies {', '.join(codes)}")

    def _switch_off(self, who: Model, slug: str, code: str) -> None:
        found = organization(slug)
        held = currency(found.pk, code) if found is not None else None
        if found is None or held is None or not getattr(held, "is_active", False):
            return
        with as_person(who, organization_id=found.pk):
            run("currencies.currency.deactivate", currency_id=held.pk)
        self._did(f"{who} switched {code} off in {found.name}")


def organization(slug: str) -> Organization | None:
    """The living organization of a handle."""
    with scoped_transaction():
        found: Organization | None = Organization.objects.filter(slug=slug, deleted_at__isnull=True).first()
        return found


def root() -> Organization | None:
    """The tenant's first organization at the top."""
    with scoped_transaction():
        tops = Organization.objects.filter(parent__isnull=True, deleted_at__isnull=True)
        found: Organization | None = tops.order_by("pk").first()
        return found


def currency(organization_id: UUID, code: str) -> Model | None:
    """The living currency of an organization."""
    with using_scope(in_organization(current_scope(), organization_id)), scoped_transaction():
        rows = ENTITIES["currencies.currency"].living().filter(organization_id=organization_id, code=code)
        found: Model | None = rows.first()
        return found


@contextmanager
def acting_at_root(who: Model) -> Iterator[None]:
    """The scope of a user who works at the top of the tree."""
    top = root()
    if top is None:
        raise LookupError("the tenant has no organization")
    with as_person(who, organization_id=top.pk):
        yield
