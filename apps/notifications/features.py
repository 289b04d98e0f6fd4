"""What staff may be allowed to do with mails, and whether they may send notifications."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.features import feature

VIEW = feature("notifications.mails.view", _("See sent mails with their text"))
MANAGE = feature("notifications.mails.manage", _("Send failed mails again, and cancel waiting ones"), implies=(VIEW,))
CREATE = feature("notifications.create", _("Send notifications to others"))
