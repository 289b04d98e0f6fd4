"""List the extensions: kind, place, id, whom they are for, and what the settings make of them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.kernel.extensions import checks  # noqa: F401 - knows every extension point
from apps.kernel.registry.points import POINTS, Extension, ExtensionPoint, is_essential

# What an entry calls the place that it is for, whatever its kind.
WHERE = ("spot", "entity", "handle", "on", "pattern", "hook", "url")


class Command(BaseCommand):
    """Show what modules add to each other, in the order in which it runs."""

    help = "List what modules add to each other, in the order in which it runs, and what of it is off or replaced."

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument("--kind", choices=sorted(POINTS), help="only this kind")
        parser.add_argument("--off", action="store_true", help="only what is switched off")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line for each extension."""
        for kind in [options["kind"]] if options["kind"] else sorted(POINTS):
            for entry in POINTS[kind].everything():
                if POINTS[kind].is_off(entry) or not options["off"]:
                    self.stdout.write(line(POINTS[kind], entry))


def line(point: ExtensionPoint[Any], entry: Extension) -> str:
    """One extension as a line of columns parted by tabs."""
    where = next((str(getattr(entry, name)) for name in WHERE if hasattr(entry, name)), "")
    path = point.override_of(entry)
    state = (
        "off"
        if point.is_off(entry)
        else f"replaced by {path}"
        if path
        else "essential"
        if is_essential(entry)
        else "on"
    )
    return "\t".join([point.kind, str(entry.priority), entry.id, where, ",".join(entry.features) or "-", state])
