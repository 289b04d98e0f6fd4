"""What this module adds to others, one file for each way."""

from apps.example.extensions import fields, lists, menus, pages, rest, rules

__all__ = ["fields", "lists", "menus", "pages", "rest", "rules"]
