"""System checks of the kernel: walls, keys, owner columns, secrets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections, models
from django.db.migrations.loader import MigrationLoader

from apps.kernel.bases.bitemporal import Bitemporal, known_once
from apps.kernel.bases.models import TenantModel
from apps.kernel.commands.declarations import COMMANDS
from apps.kernel.registry.features import is_declared
from apps.kernel.registry.modules import ModuleConfig, missing_requirements
from apps.kernel.tenancy.operations import TenantTable


@register(Tags.models)
def check_owner_columns(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every table is a tenant table, or says why it is global; every unaudited one says why."""
    return [message for model in _house_models() for message in judge_model(model)]


def _house_models() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        if model.__module__.startswith("apps.") and not model._meta.proxy:
            yield model


def judge_model(model: type[models.Model]) -> Iterator[CheckMessage]:
    label = model._meta.label
    is_tenant = issubclass(model, TenantModel)
    if not is_tenant and not getattr(model, "global_reason", ""):
        yield Error(f"{label} is neither a TenantModel nor says why it is global.", obj=model, id="kernel.E010")
    if is_tenant and not getattr(model, "audited", True) and not getattr(model, "unaudited_reason", ""):
        yield Error(f"{label} is not audited and does not say why.", obj=model, id="kernel.E011")
    if is_tenant and model._meta.base_manager_name != "objects":
        yield Error(f"{label}'s Meta lacks base_manager_name = 'objects'.", obj=model, id="kernel.E012")
    yield from _judge_closing(model, label)
    for field in model._meta.local_fields:
        if isinstance(field, models.ForeignKey) and is_tenant and getattr(field, "db_constraint", True):
            hint = "Use TenantForeignKey inside a module, ReferenceField to another."
            yield Error(f"{label}.{field.name} is a bare foreign key.", hint=hint, obj=field, id="kernel.E013")


def _judge_closing(model: type[models.Model], label: str) -> Iterator[CheckMessage]:
    """What undo closes must say when it was known, and what makes two of its rows the same fact."""
    if getattr(model, "undo", "") != "close":
        return
    if not issubclass(model, Bitemporal) or not getattr(model, "audited", False):
        hint = "Derive it from Bitemporal, and audit it."
        yield Error(f"{label} is undone by closing and has no `known`.", hint=hint, obj=model, id="kernel.E015")
    elif known_once(model) is None:
        hint = "Give its Meta a KnownOnce constraint."
        yield Error(f"{label} may know two values at once.", hint=hint, obj=model, id="kernel.E016")


@register(Tags.models)
def check_walls(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every table of the house has a TenantTable or GlobalTable operation in its module's migrations."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    raised = {
        (migration.app_label, operation.model.lower())
        for migration in loader.disk_migrations.values()
        for operation in migration.operations
        if isinstance(operation, TenantTable)
    }
    hint = "Add TenantTable(model) (or GlobalTable(model)) to the migration that creates it."
    return [
        Error(f"{model._meta.label} has no wall.", hint=hint, obj=model, id="kernel.E014")
        for model in _house_models()
        if (model._meta.app_label, model._meta.model_name) not in raised and model._meta.managed
    ]


@register()
def check_requirements(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every module's requirements are installed."""
    configs = [item for item in apps.get_app_configs() if isinstance(item, ModuleConfig)]
    return [
        Error(f"the module {module_id} requires {', '.join(gap)}.", id="kernel.E020")
        for module_id, gap in missing_requirements(configs).items()
    ]


@register()
def check_command_features(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every command asks for a feature that a module declares, and is undone by a command that exists."""
    wanted = [(spec, spec.feature) for spec in COMMANDS.values() if spec.feature]
    found: list[CheckMessage] = [
        Error(f"the command {spec.id} asks for the undeclared feature {feature!r}.", id="kernel.E021")
        for spec, feature in wanted
        if not is_declared(feature)
    ]
    compensated = [spec for spec in COMMANDS.values() if spec.undone_by and spec.undone_by not in COMMANDS]
    return found + [
        Error(f"the command {spec.id} is undone by {spec.undone_by!r}, which is no command.", id="kernel.E022")
        for spec in compensated
    ]


@register(Tags.security, deploy=True)
def check_secrets(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A deployment has a secret key and a key-encryption key of its own."""
    found: list[CheckMessage] = []
    if settings.SECRET_KEY == settings.UNSAFE_KEY:
        found.append(Error("AGORA_SECRET_KEY is not set.", id="kernel.E001"))
    if not settings.AGORA_KEKS:
        hint = "Set AGORA_KEK to the base64 form of 32 random bytes."
        found.append(
            Error("There is no key-encryption key: nothing private can be stored.", hint=hint, id="kernel.E002")
        )
    return found


@register(Tags.database)
def check_leakproof(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """The leakproof marks are there: they are not dumped, so a restore loses them."""
    from apps.kernel.tenancy.provision import unmarked_functions  # noqa: PLC0415

    found: list[CheckMessage] = []
    for alias in databases or ():
        connections[alias].ensure_connection()
        if missing := unmarked_functions(connections[alias].connection):
            text = f"On {alias} these functions are not marked leakproof: {', '.join(missing)}."
            found.append(Warning(text, hint="Run manage.py provision_db.", id="kernel.W001"))
    return found
