"""What customers add elsewhere."""

from apps.customers.extensions import deals

__all__ = ["deals"]
