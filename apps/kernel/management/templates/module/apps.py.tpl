"""AppConfig of the {{ plan.id }} module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import Manifest, ModuleConfig


class {{ plan.config }}(ModuleConfig):
    """{{ plan.description }}"""

    name = "apps.{{ plan.id }}"
    label = "{{ plan.id }}"
    verbose_name = _({{ plan.label|quoted }})
    manifest = Manifest(
        id="{{ plan.id }}",
        label=_({{ plan.label|quoted }}),
        requires={{ plan.requires|as_tuple }},
        description=_({{ plan.description|quoted }}),
        daily=True,
    )
