"""Which users can be told something: named ones, those with a role, those who hold a feature."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.auth.models import User
from apps.auth.selectors import sees_organization
from apps.auth.services.members import UserHolding, grants_of_roles, user_holdings
from apps.kernel.registry.notices import Audience, People, Recipient


class StaffRecipients:
    """The kernel's book of recipients for users: those who live and may log in."""

    def people(self, audience: Audience, *, after: UUID | None, most: int, organization_id: UUID | None) -> People:
        """Look at up to `most` users behind `after`; a fixed number of queries. See the kernel's protocol."""
        rows = _meant(audience).order_by("pk")
        if after is not None:
            rows = rows.filter(pk__gt=after)
        users = list(rows.only("pk", "tenant_id", "name", "email", "locale", "time_zone")[:most])
        reached = users[-1].pk if len(users) == most else None
        if audience.feature:
            held = _who_holds(audience.feature, [user.pk for user in users], organization_id)
            users = [user for user in users if user.pk in held]
        return People(tuple(_recipient(user) for user in users), reached)


def _meant(audience: Audience) -> QuerySet[User]:
    rows: QuerySet[User] = User.objects.filter(deleted_at__isnull=True, is_active=True, is_confirmed=True)
    if audience.ids:
        return rows.filter(pk__in=audience.ids)
    return rows.filter(_has_role(audience.role)).distinct() if audience.role else rows


def _has_role(role: str) -> Q:
    try:
        return Q(memberships__role_id=UUID(role))
    except ValueError:
        return Q(memberships__role__system_key=role)


def _who_holds(feature: str, ids: Iterable[UUID], organization_id: UUID | None) -> set[UUID]:
    """Those of the users who hold the feature there; users with the same roles and list are judged once."""
    grants, known = grants_of_roles(), dict[UserHolding, bool]()
    found = set()
    for user_id, holding in user_holdings(User.objects.filter(pk__in=list(ids))).items():
        if holding not in known:
            access = holding.access(grants)
            is_there = organization_id is None or sees_organization(access, organization_id)
            known[holding] = access.allows(feature) and is_there
        if known[holding]:
            found.add(user_id)
    return found


def _recipient(user: User) -> Recipient:
    return Recipient(user.pk, user.name, user.email, user.locale, user.time_zone)
