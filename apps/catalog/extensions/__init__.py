"""What the catalog adds elsewhere; each part declares its own."""

from apps.catalog.extensions import movingcat, prices, pricing, tree, variants

__all__ = ["movingcat", "prices", "pricing", "tree", "variants"]
