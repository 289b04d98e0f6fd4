"""Settings of the theme (`UNFOLD`): names and dotted paths only, because settings load before the apps."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static

# One hue for everything that acts; every pair used for text keeps 4.5:1 on its ground, light and dark.
PRIMARY = {
    "50": "oklch(97.1% .014 240)",
    "100": "oklch(94% .03 240)",
    "200": "oklch(89% .06 240)",
    "300": "oklch(82% .10 240)",
    "400": "oklch(74% .13 242)",
    "500": "oklch(67% .15 244)",
    "600": "oklch(50% .15 248)",
    "700": "oklch(44% .14 250)",
    "800": "oklch(38% .12 252)",
    "900": "oklch(33% .10 254)",
    "950": "oklch(25% .08 256)",
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Agora",
    "SITE_HEADER": "Agora",
    "SITE_SYMBOL": "storefront",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("web/icon.svg")}],
    "SITE_URL": None,
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": False,
    "BORDER_RADIUS": "6px",
    "COLORS": {
        "primary": PRIMARY,
        "font": {
            "subtle-light": "var(--color-base-600)",
            "subtle-dark": "var(--color-base-400)",
            "default-light": "var(--color-base-700)",
            "default-dark": "var(--color-base-200)",
            "important-light": "var(--color-base-900)",
            "important-dark": "var(--color-base-50)",
        },
    },
    "COMMAND": {"search_models": False, "show_history": False},
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "show_all_applications": False,
    },
    "STYLES": [lambda request: static("backoffice/backoffice.css")],
    "SCRIPTS": [
        lambda request: static("backoffice/backoffice.js"),
        lambda request: static("backoffice/selects.js"),
    ],
}
