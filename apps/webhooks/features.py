"""What staff may be allowed to do with webhooks, outgoing and incoming."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from apps.kernel.registry.features import feature

VIEW = feature("webhooks.view", _("See webhooks, what they sent and what came in"))
MANAGE = feature("webhooks.manage", _("Add and change webhooks, and send or process again"), implies=(VIEW,))
SECRETS = feature("webhooks.secrets", _("Give webhooks new secrets"), implies=(VIEW,))
TEST = feature("webhooks.test", _("Send test events to webhooks"), implies=(VIEW,))
