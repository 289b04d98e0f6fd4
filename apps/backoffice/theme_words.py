"""What the theme and Django say themselves, to be translated with the house's own texts; nobody imports this."""

from __future__ import annotations

from django.utils.translation import gettext_noop

# What the theme says itself: it brings no translations.
WORDS = (
    gettext_noop("Apply Filters"),
    gettext_noop("Choose file to upload"),
    gettext_noop("Click to cancel"),
    gettext_noop("Click to download"),
    gettext_noop("Expand row"),
    gettext_noop("General"),
    gettext_noop("Go back"),
    gettext_noop("Image preview"),
    gettext_noop("More actions"),
    gettext_noop("Record picture"),
    gettext_noop("Select action"),
    gettext_noop("Select action to run"),
    gettext_noop("Select currency"),
    gettext_noop("Select record"),
    gettext_noop("This item will be deleted."),
    gettext_noop("Toggle password visibility"),
)

# Django's own sentences around the name of a kind of record: its Polish ones end in all genders at once.
SENTENCES = (
    gettext_noop("Add %s"),
    gettext_noop("Change %s"),
    gettext_noop("View %s"),
    gettext_noop("Select %s"),
    gettext_noop("Select %s to change"),
    gettext_noop("Select %s to view"),
    gettext_noop("Add another %(model)s"),
    gettext_noop("Change selected %(model)s"),
    gettext_noop("Delete selected %(model)s"),
    gettext_noop("View selected %(model)s"),
    gettext_noop("Add another %(verbose_name)s"),
    gettext_noop("The {name} “{obj}” was added successfully."),
    gettext_noop("The {name} “{obj}” was added successfully. You may add another {name} below."),
    gettext_noop("The {name} “{obj}” was changed successfully."),
    gettext_noop("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    gettext_noop("The {name} “{obj}” was changed successfully. You may edit it again below."),
    gettext_noop("The %(name)s “%(obj)s” was deleted successfully."),
)
