"""Commands that have to work in organizations out of their caller's sight: what points to a record stands anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from apps.kernel.commands.models import RowImage
from apps.kernel.commands.running import running
from apps.kernel.ports import OrganizationTree
from apps.kernel.services import service
from apps.kernel.tenancy.scope import current_scope, using_scope
from apps.kernel.tenancy.transactions import scoped_transaction


@contextmanager
def across_organizations() -> Iterator[None]:
    """See every organization of the tenant for the block of a running command.

    Those in which something was changed are remembered with the action: their events leave with it, and only who
    sees all of them undoes it, because nobody takes back what they do not see.
    """
    scope = current_scope()
    everywhere = scope.organization_ids | service(OrganizationTree).all_ever()
    with using_scope(replace(scope, organization_ids=everywhere)), scoped_transaction():
        yield
        command = running()
        images = RowImage.objects.filter(action_id=command.action_id, organization_id__isnull=False)
        command.organizations |= set(images.order_by().values_list("organization_id", flat=True).distinct())
