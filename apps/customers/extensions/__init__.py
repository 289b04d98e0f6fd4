"""What the customers module adds elsewhere; each part declares its own."""

from apps.customers.extensions import importing, interactions, merging, privacy, talking

__all__ = ["importing", "interactions", "merging", "privacy", "talking"]
