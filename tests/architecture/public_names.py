"""Names that callers and other modules rely on, frozen in public_names.json; `python -m` writes what is new.

    python -m tests.architecture.public_names

adds names and never takes one away: what is to go, goes by hand, with a line in docs/upgrade-notes.md.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
from collections.abc import Iterable, Iterator
from pathlib import Path

FILE = Path(__file__).with_suffix(".json")
Names = dict[str, list[str]]


def frozen() -> Names:
    """What the file holds."""
    found: Names = json.loads(FILE.read_text()) if FILE.exists() else {}
    return found


def present() -> Names:
    """What there is now, without what only tests declare."""
    _import_everything()
    from apps.kernel.commands.declarations import COMMANDS
    from apps.kernel.eventbus.declarations import EVENTS
    from apps.kernel.extensions.spots import SPOTS
    from apps.kernel.registry.entities import ENTITIES
    from apps.kernel.registry.features import FEATURES
    from apps.kernel.registry.letters import MAILS
    from apps.kernel.registry.notices import NOTIFICATION_TYPES
    from apps.kernel.registry.points import POINTS
    from apps.kernel.work.kinds import KINDS

    return {
        "routes": sorted(_routes()),
        "features": _own(FEATURES),
        "commands": _own(COMMANDS),
        "events": _own(EVENTS),
        "entities": _own(ENTITIES),
        "work_kinds": _own(KINDS),
        "mail_templates": _own(MAILS),
        "notification_types": _own(NOTIFICATION_TYPES),
        "spots": sorted(SPOTS),
        "extensions": _own(entry.id for point in POINTS.values() for entry in point.everything()),
        "error_codes": sorted(_error_codes()),
    }


def _import_everything() -> None:
    """Some modules are imported when they are first used; what they declare must not depend on who came before."""
    from django.apps import apps

    for config in apps.get_app_configs():
        if config.name.startswith("apps."):
            for module in pkgutil.walk_packages([config.path], f"{config.name}."):
                if not {"migrations", "management"} & set(module.name.split(".")):
                    importlib.import_module(module.name)


def _homes() -> frozenset[str]:
    from apps.kernel.registry.modules import modules

    # Commands of the kernel's room `access` stand in the auth module and bear the room's name.
    return frozenset({"kernel", "access", *(item.manifest.id for item in modules() if item.name.startswith("apps."))})


def _own(names: Iterable[str]) -> list[str]:
    homes = _homes()
    return sorted(name for name in names if name.partition(".")[0] in homes)


def _routes() -> Iterator[str]:
    from apps.kernel.api.schema.document import document
    from apps.kernel.api.schema.examples import operations

    homes = _homes() | {"schema", "docs", "imports"}
    for path, method, _operation in operations(document("en")):
        if path.split("/")[2] in homes:
            yield f"{method.upper()} {path}"


def _error_codes() -> set[str]:
    from apps.kernel.errors import PlatformError

    pending, found = [PlatformError], set()
    while pending:
        kind = pending.pop()
        pending += kind.__subclasses__()
        if kind.__module__.startswith("apps."):
            found.add(kind.code)
    return found


def merged(old: Names, new: Names) -> Names:
    """Both; nothing goes."""
    return {group: sorted({*old.get(group, ()), *new.get(group, ())}) for group in sorted({*old, *new})}


def main() -> None:
    """Write the additions."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    old, new = frozen(), present()
    FILE.write_text(json.dumps(merged(old, new), indent=2) + "\n")
    for group, names in new.items():
        for name in sorted(set(names) - set(old.get(group, ()))):
            print(f"{group}: {name}")  # noqa: T201 - it says what it wrote


if __name__ == "__main__":
    main()
