"""Roles of a new tenant, and the features that modules give to roles by default."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.auth.models import Role, RoleAcl, RoleDefault
from apps.auth.selectors import grants_of_role
from apps.auth.services.boundary import demand_system
from apps.auth.services.grants import write_role_acl
from apps.kernel.commands.declarations import command
from apps.kernel.registry.modules import declared_file, modules

SUPERADMIN, ADMIN, EMPLOYEE = "superadmin", "admin", "employee"
ALIASES: Final = {"user": EMPLOYEE}


def system_roles() -> dict[str, str]:
    """System keys and the names that their roles get."""
    return {SUPERADMIN: _("Super admin"), ADMIN: _("Administrator"), EMPLOYEE: _("Employee")}


def declared_defaults() -> dict[str, frozenset[str]]:
    """Features that the modules' `setup.py` files give, by role key or role name."""
    found: dict[str, set[str]] = defaultdict(set)
    for config in modules():
        declared: Mapping[str, list[str]] = getattr(declared_file(config, "setup"), "default_role_features", {})
        for role, features in declared.items():
            found[ALIASES.get(role, role)] |= set(features)
    return {role: frozenset(features) for role, features in found.items()}


@command(
    "auth.role.sync_defaults",
    open_reason="set-up and the command line only; the system itself is demanded inside",
    undoable=False,
    undo_reason=gettext_lazy("set-up adds what modules declare; each grant can be taken away by hand and stays away."),
)
def sync_role_defaults() -> dict[str, list[str]]:
    """Create missing system roles and grant defaults that were never granted before; role names and what is new.

    What somebody took away is not given back: each default is granted once, and a ledger remembers it.
    """
    demand_system()
    _create_system_roles()
    defaults = declared_defaults()
    granted = {}
    for role in Role.objects.select_for_update(no_key=True).order_by("pk"):
        if fresh := _grant_once(role, _defaults_of(role, defaults)):
            granted[role.name] = sorted(fresh)
    return granted


def _create_system_roles() -> None:
    present = set(Role.objects.filter(system_key__isnull=False).values_list("system_key", flat=True))
    taken = set(Role.objects.values_list("name", flat=True))
    for key, name in system_roles().items():
        if key not in present:
            role = Role(name=name if name not in taken else f"{name} ({key})", system_key=key)
            role.save(force_insert=True)
            RoleAcl(role=role, is_super_admin=key == SUPERADMIN).save(force_insert=True)


def _defaults_of(role: Role, defaults: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """A system role goes by its key, another one by its name; calling a role "admin" makes it none."""
    if role.system_key is None and role.name in {*system_roles(), *ALIASES}:
        return frozenset()
    return defaults.get(role.system_key or role.name, frozenset())


def _grant_once(role: Role, wanted: frozenset[str]) -> frozenset[str]:
    given = frozenset(RoleDefault.objects.filter(role_id=role.pk).values_list("feature", flat=True))
    fresh = wanted - given
    if not fresh:
        return fresh
    former = grants_of_role(role.pk)
    write_role_acl(role, replace(former, features=former.features | fresh))
    RoleDefault.objects.bulk_create([RoleDefault(role_id=role.pk, feature=feature) for feature in sorted(fresh)])
    return fresh - former.features
