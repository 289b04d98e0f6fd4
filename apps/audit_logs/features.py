"""What staff may be allowed to do with the history; the kernel's undo asks for these by name."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.features import feature

VIEW_SELF = feature("audit_logs.view_self", _("See own changes"))
VIEW_TENANT = feature("audit_logs.view_tenant", _("See everybody's changes"), implies=(VIEW_SELF,))
UNDO_SELF = feature("audit_logs.undo_self", _("Undo own changes"), implies=(VIEW_SELF,))
UNDO_TENANT = feature("audit_logs.undo_tenant", _("Undo everybody's changes"), implies=(UNDO_SELF, VIEW_TENANT))
