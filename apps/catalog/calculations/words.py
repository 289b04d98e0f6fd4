"""What tells tags apart."""

from __future__ import annotations

from django.utils.text import slugify

from apps.kernel.words import folded, squeezed

LONGEST_SLUG = 150


def normal_label(label: str) -> str:
    """A label as people compare them."""
    return squeezed(label).casefold()


def tag_slug(label: str) -> str:
    """What tells tags apart: letters of every script without accents, and signs where there are none."""
    plain = folded(squeezed(label))
    return (slugify(plain, allow_unicode=True) or plain)[:LONGEST_SLUG]
