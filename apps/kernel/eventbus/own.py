"""Events of the kernel itself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.eventbus.declarations import event
from apps.kernel.eventbus.payloads import TablesLoaded

TABLE_LOADED = event(
    "kernel.table.loaded", payload=TablesLoaded, label=_("Tables were loaded"), triggers_workflows=False
)
