"""The REST interface of currencies: a number beside each record, and a look at what is sent."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from apps.example.features import VIEW_REMINDERS
from apps.example.selectors import reminders_by_currency
from apps.kernel.extensions.enrichers import Values, response_enricher
from apps.kernel.extensions.interceptors import Call, Changes, Interceptor, api_interceptor


@response_enricher(
    "example.open_reminders",
    entity="currencies.currency",
    features=(VIEW_REMINDERS,),
    shape={"properties": {"open_reminders": {"type": "integer", "minimum": 0}}},
)
def count_reminders(ids: Sequence[UUID]) -> Values:
    """Say under `_example` how many open reminders there are; one query for the page."""
    found = reminders_by_currency(ids)
    return {key: {"open_reminders": found.get(key, 0)} for key in ids}


def with_one_blank(call: Call) -> Changes | None:
    """Leave one blank between the words of a name: what was copied from tables often has more."""
    name = call.body.get("name") if isinstance(call.body, dict) else None
    tidy = " ".join(name.split()) if isinstance(name, str) else name
    return Changes(body={**call.body, "name": tidy}) if tidy != name else None


api_interceptor(
    Interceptor("example.tidy_names", "currencies.currency", methods=("POST", "PATCH", "PUT"), before=with_one_blank)
)
