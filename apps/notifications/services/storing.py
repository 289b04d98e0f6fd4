"""Writes notifications by the thousand: one statement, which counts unread ones of a group up instead of doubling."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from apps.kernel.ids import uuid7
from apps.kernel.tenancy.scope import current_scope
from apps.notifications.models import Notice
from apps.notifications.services.deciding import Decision
from apps.notifications.services.wording import Wording

# In the order of readers, so that two statements about the same people never wait for each other in a circle. An
# unread one that has expired is nobody's any more: the new one takes its row and its count begins anew.
INSERT: Final = """
INSERT INTO notification AS old (
    id, tenant_id, created_at, updated_at, recipient_kind, recipient_id, type, severity, icon, title, body, locale,
    variables, link, actions, orders, status, action_taken, action_result, source_entity, source_id,
    source_organization_id, group_key, count, happened_at, expires_at, is_silent, in_app, in_digest)
SELECT who.id, %(tenant)s, %(now)s, %(now)s, %(recipient_kind)s, who.reader, %(type)s, %(severity)s, %(icon)s,
    words.title, words.body, words.locale, %(variables)s::jsonb, %(link)s, words.actions, %(orders)s::jsonb, 'unread',
    '', '{}'::jsonb, %(source_entity)s, %(source_id)s, %(source_organization_id)s, %(group_key)s, 1, %(now)s,
    %(expires_at)s, who.is_silent, who.in_app, who.in_digest
FROM unnest(%(ids)s::uuid[], %(readers)s::uuid[], %(locales)s::text[], %(silent)s::bool[], %(in_app)s::bool[],
    %(in_digest)s::bool[]) AS who (id, reader, locale, is_silent, in_app, in_digest)
JOIN unnest(%(languages)s::text[], %(titles)s::text[], %(bodies)s::text[], %(actions)s::jsonb[])
    AS words (locale, title, body, actions) ON words.locale = who.locale
ORDER BY who.reader
ON CONFLICT (tenant_id, recipient_kind, recipient_id, type, group_key)
    WHERE status = 'unread' AND NOT (group_key = '')
DO UPDATE SET
    count = CASE WHEN old.expires_at <= %(now)s THEN 1 ELSE old.count + 1 END,
    title = excluded.title, body = excluded.body, locale = excluded.locale, variables = excluded.variables,
    severity = excluded.severity, icon = excluded.icon, link = excluded.link, actions = excluded.actions,
    orders = excluded.orders, source_entity = excluded.source_entity, source_id = excluded.source_id,
    source_organization_id = excluded.source_organization_id, happened_at = excluded.happened_at,
    expires_at = excluded.expires_at, updated_at = excluded.updated_at, is_silent = excluded.is_silent,
    in_app = old.in_app OR excluded.in_app, in_digest = old.in_digest OR excluded.in_digest
RETURNING id, recipient_id, count
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """What all notifications of a notice share beside its own columns."""

    severity: str
    icon: str
    orders: Mapping[str, Any]
    group_key: str
    now: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stored:
    """A notification that was written; `is_new` is false where one of its group was counted up."""

    id: UUID
    reader_id: UUID
    is_new: bool


def store(notice: Notice, facts: Facts, decided: Sequence[Decision], words: Iterable[Wording]) -> list[Stored]:
    """Write a notification for each of the readers, in one statement."""
    if not decided:
        return []
    values = {**_shared(notice, facts), **_readers(decided), **_texts(list(words))}
    with connection.cursor() as cursor:  # scope: names the tenant, and its own wall stands behind it
        cursor.execute(INSERT, values)
        return [Stored(row[0], row[1], row[2] == 1) for row in cursor.fetchall()]


def _shared(notice: Notice, facts: Facts) -> dict[str, Any]:
    return {
        **notice.said(),
        "tenant": current_scope().tenant_id,
        "variables": _json(notice.variables),
        "link": notice.link,
        "severity": facts.severity,
        "icon": facts.icon,
        "orders": _json(facts.orders),
        "group_key": facts.group_key,
        "now": facts.now,
        "expires_at": facts.expires_at,
    }


def _readers(decided: Sequence[Decision]) -> dict[str, Any]:
    return {
        "ids": [uuid7() for _item in decided],
        "readers": [item.reader.id for item in decided],
        "locales": [item.locale for item in decided],
        "silent": [item.is_silent for item in decided],
        "in_app": [item.in_app for item in decided],
        "in_digest": [item.digest_at is not None for item in decided],
    }


def _texts(words: Sequence[Wording]) -> dict[str, Any]:
    return {
        "languages": [item.locale for item in words],
        "titles": [item.title for item in words],
        "bodies": [item.body for item in words],
        "actions": [_json(item.actions) for item in words],
    }


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder)
