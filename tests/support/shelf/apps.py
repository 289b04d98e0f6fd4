"""AppConfig of a small module with every kind of column, installed by the tests only."""

from __future__ import annotations

from apps.kernel.registry.modules import Manifest, ModuleConfig


class ShelfConfig(ModuleConfig):
    """Books on shelves."""

    name = "tests.support.shelf"
    label = "shelf"
    verbose_name = "Shelf"
    manifest = Manifest(id="shelf", label="Shelf", requires=("currencies",), description="Books on shelves.")
