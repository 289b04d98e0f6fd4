"""What translations add to pages: a tab on every record whose texts are translated."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.extensions.menu import MenuItem, menu_item
from apps.kernel.extensions.tabs import RecordTab, record_tab
from apps.translations.features import VIEW
from apps.translations.selectors import installed_kinds


def texts_address(record: Any) -> str:
    """Where the record's texts are translated; "" for a kind that is not."""
    entity = str(record.entity_id)
    if entity not in installed_kinds():
        return ""
    return f"{reverse('admin:translations_record')}?{urlencode({'entity': entity, 'id': record.pk})}"


record_tab(RecordTab("translations.record", _("Translations"), "*", texts_address, priority=-10, features=(VIEW,)))
menu_item(
    MenuItem(
        "translations.report",
        _("Translations"),
        "admin:translations_report",
        icon="translate",
        group="translations",
        features=(VIEW,),
    )
)
