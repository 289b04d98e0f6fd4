"""Nobody makes or widens a key beyond what they hold, and no key makes one that may be used longer or more freely."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import models
from django.utils.translation import gettext as _

from apps.auth.calculations import Organizations, gain
from apps.auth.errors import GrantBeyondOwn
from apps.auth.models import ApiKey
from apps.auth.selectors import visible_organizations
from apps.auth.services.boundary import demand_grantable, demand_touchable, is_exempt
from apps.auth.services.key_access import access_of_key, roles_of_key, spread
from apps.auth.services.key_terms import KeyTerms, terms_of, terms_of_key
from apps.auth.services.object_boundary import demand_reached_roles
from apps.kernel.access.grants import NOTHING
from apps.kernel.errors import FieldError, RowNotFound
from apps.kernel.tenancy.scope import Actor, ActorKind, current_scope

RowT = TypeVar("RowT", bound=models.Model)
TERMS = frozenset({"expires_at", "addresses", "per_minute"})
USE = frozenset({"expires_at", "addresses"})


def only_visible(rows: models.QuerySet[RowT]) -> models.QuerySet[RowT]:
    """The keys that the actor may see: all, or those whose own list lies in the organizations that they see."""
    access = current_scope().actor.access
    if access.organization_ids is None:
        return rows
    return rows.filter(organization_ids__contained_by=sorted(visible_organizations(access)))


def sees_key_of(actor: Actor, organizations: Organizations) -> bool:
    """Say whether the actor may see a key with this list."""
    if actor.access.organization_ids is None:
        return True
    return organizations is not None and organizations <= visible_organizations(actor.access)


@contextmanager
def guarding_new_key(key: ApiKey) -> Iterator[None]:
    """Run the creation of a key, and refuse it afterwards if it gave more than the actor holds."""
    actor = current_scope().actor
    demand_somewhere(actor)
    yield
    demand_grantable(actor, before=NOTHING, after=access_of_key(key.pk))
    demand_within(own_terms(actor), terms_of_key(key), columns=TERMS)


@contextmanager
def guarding_key(key: ApiKey) -> Iterator[None]:
    """Run a change of the key or its roles, and refuse it afterwards if it gave more than the actor holds.

    A key that may be used longer or from more places is granted anew with all that it may do.
    """
    actor = current_scope().actor
    former, terms = access_of_key(key.pk), terms_of_key(key)
    own = own_terms(actor)  # before the change: it may be the acting key that is changed
    demand_touchable(actor, former)
    yield
    loosened = set(terms_of_key(key).loosened_since(terms))
    before, after = NOTHING if loosened & USE else spread(former), access_of_key(key.pk)
    demand_grantable(actor, before=before, after=after)
    if loosened & USE:
        demand_reached_roles(actor, roles_of_key(key.pk))
    if gain(before, after) or loosened:
        demand_somewhere(actor)
        demand_within(own, terms_of_key(key), columns=TERMS if gain(before, after) else loosened)


def demand_key_mastery(key: ApiKey) -> None:
    """Refuse to hand out a secret of a key that holds more than the actor. Raises GrantBeyondOwn."""
    actor = current_scope().actor
    access = access_of_key(key.pk)
    demand_touchable(actor, access)
    demand_somewhere(actor)
    demand_grantable(actor, before=NOTHING, after=access)
    demand_reached_roles(actor, roles_of_key(key.pk))
    demand_within(own_terms(actor), terms_of_key(key), columns=TERMS)


def demand_somewhere(actor: Actor) -> None:
    """Refuse keys from somebody who sees no organization. Raises GrantBeyondOwn."""
    if not is_exempt(actor) and actor.access.organization_ids == frozenset():
        text = _("You see no organization, so you cannot give keys.")
        raise GrantBeyondOwn(errors=(FieldError("organization_ids", GrantBeyondOwn.code, text),), organizations=True)


def own_terms(actor: Actor) -> KeyTerms | None:
    """The terms of the key that acts; None for people and the system, who have none. Raises RowNotFound."""
    if actor.kind is not ActorKind.API_KEY:
        return None
    row = ApiKey.objects.filter(pk=actor.id).values(*TERMS).first()
    if row is None:
        raise RowNotFound
    return terms_of(row)


def demand_within(own: KeyTerms | None, terms: KeyTerms, *, columns: Iterable[str]) -> None:
    """Refuse terms by which a key may be used longer, from more places or oftener than the one that acts.

    Only the named columns are looked at. Raises GrantBeyondOwn.
    """
    beyond = sorted(set(terms.loosened_since(own)) & set(columns)) if own else []
    if beyond:
        text = _("A key cannot give more than it has itself.")
        errors = tuple(FieldError(name, GrantBeyondOwn.code, text) for name in beyond)
        raise GrantBeyondOwn(errors=errors, terms=beyond)
