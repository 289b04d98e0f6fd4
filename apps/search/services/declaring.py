"""Notices what a new version of the house declares otherwise, so that nobody has to have its kinds rebuilt by hand."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final

from django.db import connections, transaction

from apps.kernel import clock
from apps.kernel.registry.entities import ENTITIES
from apps.kernel.tenancy.models import HandleIndex
from apps.kernel.work.queueing import enqueue_for_tenants
from apps.search.calculations.digests import checksum_of
from apps.search.contracts import SEARCHABLES, Searchable
from apps.search.models import SearchDeclarations
from apps.search.selectors.tenants import all_tenants
from apps.search.services.building import FORMAT

DECLARED_WORK: Final = "search.declared"
# Workers of the former version end meanwhile: what they build, they build as that one declared it.
CHANGE_OF_SHIFTS: Final = timedelta(minutes=1)


def declaration_digest(kind: Searchable) -> str:
    """A digest of what makes documents of the kind: of functions only whether there is one, and the version."""
    title, subtitle = (made if isinstance(made, str) else None for made in (kind.title, kind.subtitle))
    facts = {
        "format": FORMAT,
        "version": kind.version,
        "title": title,
        "subtitle": subtitle,
        "fields": list(kind.fields.items()),  # in their order: meanings are taken of texts one after the other
        "excluded": sorted(kind.excluded),
        "hash_only": sorted(kind.hash_only),
        "parts": dict(kind.parts),
        "makes_source": kind.build_source is not None,
        "organization": kind.organization,
    }
    return checksum_of([json.dumps(facts, sort_keys=True)])


def digest_of_all() -> str:
    """A digest of the declarations of all kinds that are installed."""
    kinds = (entity for entity in SEARCHABLES if entity in ENTITIES)
    return checksum_of(sorted(f"{entity} {declaration_digest(SEARCHABLES[entity])}" for entity in kinds))


def know_declarations(using: str, **_signal: Any) -> None:
    """After each `migrate`: where there is no tenant yet, nothing will ever be indexed by declarations from before."""
    there = connections[using].introspection.table_names()
    is_complete = SearchDeclarations._meta.db_table in there and HandleIndex._meta.db_table in there
    if is_complete and not all_tenants(using=using):
        SearchDeclarations.objects.using(using).update_or_create(defaults={"digest": digest_of_all()})


def note_declarations(**_signal: Any) -> None:
    """Have every tenant compare its indexes with the declarations, if those are others than at the last start.

    Called by each worker that starts. Of those that start together the first one sees to it.
    """
    now = digest_of_all()
    with transaction.atomic():  # scope: a global table
        SearchDeclarations.objects.get_or_create(defaults={"digest": ""})
        known = SearchDeclarations.objects.select_for_update().get()
        if known.digest != now:
            known.digest = now
            known.save(update_fields=["digest"])
            enqueue_for_tenants(DECLARED_WORK, all_tenants(), clock.now() + CHANGE_OF_SHIFTS)
