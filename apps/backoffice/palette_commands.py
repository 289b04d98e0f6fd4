"""Commands of the palette that the frame itself gives: what pages can do, and what stands around them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.admin.sites import AdminSite
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from apps.backoffice.navigation import list_url, module_of, organization_choices
from apps.kernel.addresses import address_if_any
from apps.kernel.admin.wording import module_label
from apps.kernel.extensions.palette import PaletteCommand

EXPORTED_AS = "csv"


def commands_of(site: AdminSite, request: HttpRequest) -> list[PaletteCommand]:
    """Commands of this request: those of pages, then what concerns the reader and their screen."""
    return [
        *page_commands(site),
        *_organizations(request),
        *_screen(),
        *_languages(request),
        PaletteCommand(
            "backoffice.log_out",
            _("Log out"),
            post="admin:logout",
            keywords=_("sign out leave end"),
            icon="logout",
            priority=-90,
        ),
    ]


def page_commands(site: AdminSite) -> Iterator[PaletteCommand]:
    """Creating a record and exporting the list, for each page that knows how."""
    for page in site._registry.values():
        if getattr(page, "create_command", None) is not None:
            yield _creating(page)
        if address := _list_address(page):
            yield _exporting(page, address)


def _creating(page: Any) -> PaletteCommand:
    module = module_of(page)
    name = str(page.opts.verbose_name)
    return PaletteCommand(
        f"{module}.create_{page.opts.model_name}",
        _("Create %(thing)s") % {"thing": name},
        url=f"{list_url(page)}add/",
        keywords=_("new add"),
        note=module_label(module),
        icon="add",
        priority=50 - getattr(page, "order", 100) // 10,
        allowed=page.has_add_permission,
    )


def _exporting(page: Any, address: str) -> PaletteCommand:
    module = module_of(page)
    return PaletteCommand(
        f"{module}.export_{page.opts.model_name}",
        _("Export %(things)s") % {"things": page.opts.verbose_name_plural},
        download=f"{address}?format={EXPORTED_AS}",
        keywords=_("download file csv spreadsheet"),
        note=module_label(module),
        icon="download",
        priority=-50,
        allowed=page.has_view_permission,
    )


def _list_address(page: Any) -> str:
    """Address of the page's list in the REST interface, "" where it has none."""
    return address_if_any(f"{getattr(page.model, 'entity_id', '')}-list")


def _organizations(request: HttpRequest) -> list[PaletteCommand]:
    choices = organization_choices(request)
    if len(choices) < 3:  # everything, and the one organization that there is
        return []
    return [
        PaletteCommand(
            f"backoffice.work_in_{item.value.replace('-', '')}",
            _("Work in %(organization)s") % {"organization": item.label},
            post="admin:choose_organization",
            values={"organization": item.value},
            keywords=_("switch organization"),
            note=item.above,
            icon="domain",
        )
        for item in choices
        if not item.is_chosen
    ]


def _screen() -> list[PaletteCommand]:
    looks = (("light", _("Light colours"), "light_mode"), ("dark", _("Dark colours"), "dark_mode"))
    found = [*looks, ("auto", _("Colours of the system"), "computer")]
    return [
        PaletteCommand(
            "backoffice.show_keys",
            _("Keyboard shortcuts"),
            press="[data-keys-open]",
            keywords=_("help keys"),
            icon="keyboard",
            priority=-10,
        ),
        *(
            PaletteCommand(
                f"backoffice.theme_{name}",
                label,
                press=f"[data-theme-choice={name}]",
                keywords=_("theme appearance mode"),
                icon=icon,
                priority=-20,
            )
            for name, label, icon in found
        ),
    ]


def _languages(request: HttpRequest) -> list[PaletteCommand]:
    return [
        PaletteCommand(
            f"backoffice.language_{code}",
            _("Language: %(name)s") % {"name": capfirst(name)},
            post="admin:language",
            values={"language": code},
            keywords=f"language język sprache idioma {code}",
            icon="translate",
            priority=-30,
        )
        for code, name in settings.LANGUAGES
        if code != getattr(request, "LANGUAGE_CODE", "")
    ]
