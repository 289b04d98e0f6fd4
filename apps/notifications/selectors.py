"""Reads of mails that are more than one filter."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from apps.kernel.tenancy.scope import current_scope
from apps.kernel.work.models import Work
from apps.notifications.models import WAITING, Mail

MAIL_WORK = "notifications.mail"


def lost_mails() -> QuerySet[Mail]:
    """Mails that say they wait or are being sent, while no worker will come for them: theirs died too often."""
    work = Work.objects.filter(
        kind=MAIL_WORK, tenant_id=current_scope().tenant_id, ref_id=OuterRef("pk"), parked_at__isnull=True
    )
    rows: QuerySet[Mail] = Mail.objects.filter(status__in=WAITING)
    return rows.exclude(Exists(work))
