"""Work of the currencies module: rates are fetched by schedule, on request, and when one was missing."""

from __future__ import annotations

from uuid import UUID

from apps.currencies.providers.ecb import provider as ecb
from apps.currencies.providers.file import provider as file
from apps.currencies.providers.nbp import provider as nbp
from apps.currencies.services.fetching.configs import SCHEDULED
from apps.currencies.services.fetching.regular import MISSING, PAUSES, fetch_by_schedule, fetch_missing
from apps.currencies.services.fetching.requests import REQUESTED, work_on_request
from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease

# Imported so that they register; others come from the modules that have them.
PROVIDERS = (ecb.EcbProvider, nbp.NbpProvider, file.FileProvider)
ATTEMPTS = len(PAUSES) + 3  # some are left for workers that die


@work_kind(SCHEDULED, attempts=ATTEMPTS, sees_organizations=True)
def fetch_scheduled_rates(config_id: UUID, lease: Lease) -> None:
    """Fetch what a configuration is due for."""
    fetch_by_schedule(config_id, lease)


@work_kind(REQUESTED, attempts=3, sees_organizations=True)
def fetch_requested_rates(job_id: UUID, lease: Lease) -> None:
    """Fetch what somebody asked for."""
    work_on_request(job_id, lease)


@work_kind(MISSING, attempts=ATTEMPTS, sees_organizations=True)
def fetch_missing_rates(missing_id: UUID, lease: Lease) -> None:
    """Fetch rates that were looked for in vain."""
    fetch_missing(missing_id, lease)
