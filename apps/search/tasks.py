"""Work of the search module: large changes, rebuilds, new declarations, the nightly comparison, and meanings."""

from __future__ import annotations

from uuid import UUID

from apps.kernel.work.kinds import work_kind
from apps.kernel.work.leases import Lease
from apps.search.contracts import embedding_provider
from apps.search.providers.local.provider import LocalProvider
from apps.search.providers.openai.provider import OpenAiProvider
from apps.search.services.declaring import DECLARED_WORK
from apps.search.services.drift import CHECK_WORK, check_all
from apps.search.services.embedding import embed_documents
from apps.search.services.following import CATCH_UP_WORK, catch_up
from apps.search.services.heeding import heed_declarations
from apps.search.services.indexing import EMBED_WORK
from apps.search.services.rebuilding import REBUILD_WORK, work_on_rebuild

embedding_provider(OpenAiProvider())
embedding_provider(LocalProvider())


@work_kind(CATCH_UP_WORK)
def follow_large_change(action_id: UUID, lease: Lease) -> None:
    """Index what a change of many records touched."""
    catch_up(action_id, lease)


@work_kind(REBUILD_WORK)
def carry_on_rebuild(index_id: UUID, lease: Lease) -> None:
    """Rebuild the index of one kind, from where it stopped."""
    work_on_rebuild(index_id, lease)


@work_kind(DECLARED_WORK)
def follow_declarations(tenant_id: UUID, lease: Lease) -> None:
    """Have kinds rebuilt that a new version of the house declares otherwise."""
    heed_declarations()


@work_kind(CHECK_WORK)
def check_index(tenant_id: UUID, lease: Lease) -> None:
    """Compare the tenant's documents with its records, and mend what differs."""
    check_all(lease)


@work_kind(EMBED_WORK)
def take_meanings(tenant_id: UUID, lease: Lease) -> None:
    """Ask what documents mean that have no vector yet."""
    embed_documents(lease)
