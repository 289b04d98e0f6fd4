"""Changes how the tenant searches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from apps.kernel.commands.checking import demand_valid
from apps.kernel.commands.declarations import command
from apps.kernel.commands.loading import hold_lock, load_for_update
from apps.kernel.errors import FieldError
from apps.kernel.outbound import OutboundRefused
from apps.kernel.outbound.targets import parse_target
from apps.kernel.tenancy.scope import Scope, current_scope
from apps.search.contracts import EMBEDDING_PROVIDERS
from apps.search.errors import EndpointInvalid, ProviderUnknown, StrategyUnknown
from apps.search.features import MANAGE
from apps.search.models import Language, SearchSettings, Strategy

FIELDS: Final = ("language", "provider", "endpoint", "model")


def _example(scope: Scope) -> dict[str, Any]:
    return {"language": Language.GERMAN, "strategies": [Strategy.FULL_TEXT]}


@command("search.settings.update", feature=MANAGE, example=_example, secret=("api_key",))
def update_settings(
    *,
    language: str | None = None,
    strategies: Sequence[str] | None = None,
    provider: str | None = None,
    endpoint: str | None = None,
    model: str | None = None,
    api_key: str | None = None,
) -> SearchSettings:
    """Change how is searched; None leaves a field as it is, an empty text empties it.

    What follows from it (see `heed_settings`) is done by a worker, also when it is undone. Raises InvalidInput with
    every complaint.
    """
    hold_lock(f"search.settings|{current_scope().tenant_id}")
    known = SearchSettings.objects.values_list("pk", flat=True).first()
    row = load_for_update(SearchSettings, known) if known else SearchSettings()
    changes = {"language": language, "provider": provider, "endpoint": endpoint, "model": model, "api_key": api_key}
    for name, value in changes.items():
        if value is not None:
            setattr(row, name, value)
    if strategies is not None:
        row.strategies = list(dict.fromkeys(strategies))
    demand_valid(row, FIELDS, more=tuple(_complaints(row)))
    row.save(force_insert=known is None)
    return row


def _complaints(row: SearchSettings) -> Iterator[FieldError]:
    if not row.strategies or set(row.strategies) - set(Strategy.values):
        yield FieldError("strategies", StrategyUnknown.code, str(StrategyUnknown.message))
    if not row.provider:
        return
    provider = EMBEDDING_PROVIDERS.get(row.provider)
    if provider is None:
        yield FieldError("provider", ProviderUnknown.code, str(ProviderUnknown.message))
    elif provider.needs_endpoint and not _is_address(row.endpoint):
        yield FieldError("endpoint", EndpointInvalid.code, str(EndpointInvalid.message))


def _is_address(text: str) -> bool:
    try:
        parse_target(text)
    except OutboundRefused:
        return False
    return True
