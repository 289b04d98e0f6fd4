"""What auth adds to the navigation beside its pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.auth.features import VIEW_API_KEYS
from apps.kernel.extensions.menu import MenuItem, menu_item

# Behind the page of keys: whoever makes a key looks next for what can be called with it.
menu_item(
    MenuItem(
        "auth.api_docs",
        _("REST interface"),
        "kernel.api.docs",
        icon="api",
        group="auth",
        priority=-45,
        features=(VIEW_API_KEYS,),
    )
)
