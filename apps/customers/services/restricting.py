"""Restricting single people, companies and deals: who, of those who may see such records, sees this one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from apps.customers.features import MANAGE_COMPANIES, MANAGE_DEALS, MANAGE_PEOPLE
from apps.customers.models import Company, Deal, Person
from apps.customers.services.companies import create_company
from apps.customers.services.deals import create_deal
from apps.customers.services.people import create_person
from apps.kernel.access.objects import Level
from apps.kernel.bases.mixins import ObjectAccess
from apps.kernel.commands.declarations import COMMANDS, command
from apps.kernel.commands.executor import execute
from apps.kernel.ports import ObjectSharing
from apps.kernel.services import service
from apps.kernel.tenancy.scope import Scope


class Restriction:
    """The commands of one kind of record that decide who sees a record: `<entity>.restrict`, `share` and so on.

    `feature` is what they need, beside a grant for changes where the record is restricted already. `create` makes the
    record of their examples.
    """

    def __init__(self, model: type[ObjectAccess], *, feature: str, create: Any) -> None:
        self.entity, self._create = str(getattr(model, "entity_id", "")), create

        @command(f"{self.entity}.restrict", feature=feature, example=self._some)
        def restrict(record_id: UUID) -> Any:
            """Hide the record from everybody without a grant; the actor keeps theirs."""
            return service(ObjectSharing).restrict(record_id, entity=self.entity)

        @command(f"{self.entity}.unrestrict", feature=feature, example=self._restricted)
        def unrestrict(record_id: UUID) -> Any:
            """Show the record to everybody again, and take all grants away."""
            return service(ObjectSharing).reopen(record_id, entity=self.entity)

        @command(f"{self.entity}.share", feature=feature, example=self._with_role)
        def share(
            record_id: UUID, *, user_id: UUID | None = None, role_id: UUID | None = None, level: str = Level.VIEW
        ) -> Any:
            """Let a user or a role see the record, or change it; a second grant takes the place of the first."""
            given: dict[str, Any] = {"user_id": user_id, "role_id": role_id, "level": level}
            return service(ObjectSharing).share(record_id, entity=self.entity, **given)

        @command(f"{self.entity}.unshare", feature=feature, example=self._shared)
        def unshare(record_id: UUID, *, user_id: UUID | None = None, role_id: UUID | None = None) -> Any:
            """Take a grant away; the record stays restricted."""
            given = {"user_id": user_id, "role_id": role_id}
            return service(ObjectSharing).unshare(record_id, entity=self.entity, **given)

        self.restrict, self.unrestrict, self.share, self.unshare = restrict, unrestrict, share, unshare

    def _some(self, scope: Scope) -> dict[str, Any]:
        return {"record_id": self._create(**self._create.spec.example(scope)).pk}

    def _restricted(self, scope: Scope) -> dict[str, Any]:
        found = self._some(scope)
        self.restrict(**found)
        return found

    def _with_role(self, scope: Scope) -> dict[str, Any]:
        """Raises LookupError in a house without roles."""
        creation = COMMANDS["auth.role.create"]
        if creation.example is None:
            raise LookupError("nobody says how a role is made")
        role = execute(creation, (), dict(creation.example(scope)))
        return {**self._some(scope), "role_id": role.pk}

    def _shared(self, scope: Scope) -> dict[str, Any]:
        found = self._with_role(scope)
        self.share(**found)
        return found


PEOPLE = Restriction(Person, feature=MANAGE_PEOPLE, create=create_person)
COMPANIES = Restriction(Company, feature=MANAGE_COMPANIES, create=create_company)
DEALS = Restriction(Deal, feature=MANAGE_DEALS, create=create_deal)
