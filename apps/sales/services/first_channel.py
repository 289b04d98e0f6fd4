"""The channel that every organization begins with, in the language of its tenant."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from apps.directory.contracts import TenantBook
from apps.kernel.services import service
from apps.sales.models import Channel
from apps.sales.services.channels import create_channel

NAME = _("Direct sales")
EXPLANATION = _("The first channel. Orders may be taken in it without a quote; further channels ask for one at first.")


def add_first_channel() -> Channel:
    """Add it to the organization that the scope writes to."""
    with override(service(TenantBook).profile().locale):
        return create_channel(name=str(NAME), code="direct", description=str(EXPLANATION), allow_direct_orders=True)
