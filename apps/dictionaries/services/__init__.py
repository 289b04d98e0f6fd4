from apps.dictionaries.services.arranging import move_entry, reorder_dictionary
from apps.dictionaries.services.dictionaries import create_dictionary, delete_dictionary, update_dictionary
from apps.dictionaries.services.entries import create_entry, delete_entry, set_default_entry, update_entry
from apps.dictionaries.services.merging import merge_entry
from apps.dictionaries.services.seeding import seed_system_dictionaries

__all__ = [
    "create_dictionary",
    "create_entry",
    "delete_dictionary",
    "delete_entry",
    "merge_entry",
    "move_entry",
    "reorder_dictionary",
    "seed_system_dictionaries",
    "set_default_entry",
    "update_dictionary",
    "update_entry",
]
