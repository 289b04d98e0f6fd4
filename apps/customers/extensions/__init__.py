"""What the customers module adds elsewhere; each part declares its own."""

from apps.customers.extensions import cards, deals, files, importing, interactions, merging, privacy, talking

__all__ = ["cards", "deals", "files", "importing", "interactions", "merging", "privacy", "talking"]
