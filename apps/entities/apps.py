"""AppConfig of the entities module."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.modules import Manifest, ModuleConfig
from apps.kernel.services import provide


class EntitiesConfig(ModuleConfig):
    """Fields that tenants add to the records of every module."""

    name = "apps.entities"
    label = "entities"
    verbose_name = _("Custom fields")
    manifest = Manifest(
        id="entities",
        label=_("Custom fields"),
        requires=("directory",),
        description=_("Fields that tenants add to the records of every module."),
        leaves_out={
            "events": "nothing happens here but what the images of its rows tell",
            "custom_fields": "it gives fields to the others",
        },
    )

    def ready(self) -> None:
        """Answer for custom fields, to the kernel and to modules that ask, and for what tenants make of their own."""
        from apps.entities.contracts import FieldBook  # noqa: PLC0415
        from apps.entities.models.records import PREFIX  # noqa: PLC0415
        from apps.entities.selectors import StoredFieldBook  # noqa: PLC0415
        from apps.entities.selectors.types import has_feature, implied_by, kind_of, listed_features  # noqa: PLC0415
        from apps.entities.services.port import StoredFields  # noqa: PLC0415
        from apps.kernel.customs import FieldDefinitions  # noqa: PLC0415
        from apps.kernel.registry.entities import ENTITIES  # noqa: PLC0415
        from apps.kernel.registry.features import Namespace, feature_namespace  # noqa: PLC0415

        provide(FieldBook, StoredFieldBook(), name="entities.fields")
        provide(FieldDefinitions, StoredFields(), name="entities.values")
        feature_namespace("entities.", Namespace(has_feature, listed_features, implied_by))
        ENTITIES.open_to_tenants(PREFIX, kind_of)
