"""What may be allowed in the frame of the back office."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.features import feature

USE = feature("backoffice.views.use", _("Keep views of lists"))
SHARE = feature("backoffice.views.share", _("Give views of lists to roles"), implies=("backoffice.views.use",))
ROLE_DEFAULTS = feature(
    "backoffice.views.role_defaults",
    _("Choose the views that lists open with for roles"),
    implies=("backoffice.views.share",),
)
