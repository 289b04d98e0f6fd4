"""Commands of the palette: what the reader may start from any page of the back office by typing its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.http import HttpRequest

from apps.kernel.extensions.asking import said
from apps.kernel.extensions.menu import Text, address_of, everybody
from apps.kernel.registry.points import ExtensionPoint


@dataclass(frozen=True, slots=True)
class PaletteCommand:
    """One command.

    What it does is one of four: `url` is opened, `post` is posted to (with `values`, and `next` for the way back),
    `download` is fetched as a file, `press` is a selector of a control on the page that is pressed. The first three
    are addresses (`/…`) or names of URL patterns. `keywords` are further words that it is found by; `note` says what
    it belongs to. `allowed(request)` is asked besides `features`.
    """

    id: str
    label: Text
    url: str = ""
    post: str = ""
    download: str = ""
    press: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    keywords: Text = ""
    note: Text = ""
    icon: str = "bolt"
    priority: int = 0
    features: tuple[str, ...] = ()
    allowed: Callable[[HttpRequest], bool] = everybody

    def __post_init__(self) -> None:
        """Raise ValueError for a command that does nothing, or several things."""
        if sum(map(bool, (self.url, self.post, self.download, self.press))) != 1:
            raise ValueError(f"the palette command {self.id} needs one of url, post, download and press")

    @property
    def deed(self) -> tuple[str, str]:
        """What it does, by the name of the field, and the address or selector."""
        name = next(name for name in ("url", "post", "download", "press") if getattr(self, name))
        value = str(getattr(self, name))
        return name, value if name == "press" else address_of(value)


PALETTE: ExtensionPoint[PaletteCommand] = ExtensionPoint("palette command")


def palette_command(declared: PaletteCommand) -> PaletteCommand:
    """Register a command, in the module's `extensions.py`."""
    return PALETTE.add(declared.id, declared)


def open_commands(request: HttpRequest, made: list[PaletteCommand]) -> list[PaletteCommand]:
    """Commands that the open scope's actor may start, in their order: `made` for this request, and registered ones."""
    return [item for item in PALETTE.open([*made, *PALETTE.values()]) if _can_start(item, request)]


def _can_start(item: PaletteCommand, request: HttpRequest) -> bool:
    """Say whether the command is for the actor and does anything; one that fails does not."""
    return said(item.id, lambda: item.allowed(request) and bool(item.deed), otherwise=False)
