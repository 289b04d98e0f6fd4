"""What may be allowed with other people's jobs; one's own need no feature."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.features import feature

VIEW_ALL = feature("progress.jobs.view_all", _("See everybody's long jobs"))
MANAGE = feature("progress.jobs.manage", _("Cancel everybody's long jobs"), implies=(VIEW_ALL,))
