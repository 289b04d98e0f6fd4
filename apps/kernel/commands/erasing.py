"""Erasing what the history holds about a person: the one way in which the audit is ever changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from django.db import connection

from apps.kernel.commands.models import Erasure
from apps.kernel.commands.running import about, running
from apps.kernel.registry.subjects import SUBJECT_SOURCES, Erased, Subject
from apps.kernel.work.queueing import enqueue

FILES: Final = "kernel.erased_files"

# Ids, times and the like stay, so that the history still says that something was done, when and by whom.
ERASED_IMAGE = r"""
CREATE OR REPLACE FUNCTION erased_image(image jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT jsonb_object_agg(key, CASE
        WHEN key = ANY ('{created_at,updated_at,deleted_at,version,is_restricted}'::text[])
            OR value #>> '{}' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN value
        ELSE 'null'::jsonb END)
    FROM jsonb_each(image)
$$
"""
ERASED_INPUT = r"""
CREATE OR REPLACE FUNCTION erased_input(given jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(jsonb_object_agg(key, CASE
        WHEN key = 'command' OR jsonb_typeof(value) IN ('null', 'boolean')
            OR value #>> '{}' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN value
        ELSE '"[redacted]"'::jsonb END), '{}'::jsonb)
    FROM jsonb_each(given)
$$
"""
# SECURITY DEFINER: the app role cannot change the history itself. It demands a certificate that this very transaction
# has written, and the app role can neither change nor delete certificates, so nothing goes without a trace.
# Images of the running action keep what the rows have become, because the events that leave with it are made of them.
ERASE_HISTORY = r"""
CREATE OR REPLACE FUNCTION erase_history(certificate uuid, known uuid[], pointers jsonb, counted jsonb)
RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    running uuid;
    person uuid;
    called text;
    gone uuid[];
    now_running uuid[];
    touching uuid[];
    done jsonb := counted;
    number bigint;
BEGIN
    SELECT e.action_id, e.subject_id, e.label INTO running, person, called
    FROM erasure e JOIN action a ON a.id = e.action_id
    WHERE e.id = certificate AND e.counts = '{}'::jsonb AND a.txid = pg_current_xact_id();
    IF NOT FOUND THEN
        RAISE EXCEPTION 'history is erased with a certificate of the same transaction only' USING ERRCODE = 'AG005';
    END IF;
    gone := known || person || ARRAY(
        SELECT DISTINCT i.row_id FROM jsonb_to_recordset(pointers) AS p (held text, col text)
        JOIN row_image i ON i.operation = 'D' AND i.table_name = p.held
            AND i.before @> jsonb_build_object(p.col, person));
    now_running := ARRAY(
        WITH RECURSIVE tree AS (
            SELECT running AS id
            UNION ALL SELECT child.id FROM action child JOIN tree ON child.parent_id = tree.id)
        SELECT id FROM tree);
    touching := ARRAY(
        WITH RECURSIVE about AS (
            SELECT id FROM action WHERE resource_id = ANY (gone)
            UNION SELECT action_id FROM row_image WHERE row_id = ANY (gone)
        ), above AS (
            SELECT a.id, a.parent_id FROM action a JOIN about ON about.id = a.id
            UNION SELECT a.id, a.parent_id FROM action a JOIN above ON a.id = above.parent_id)
        SELECT DISTINCT id FROM above WHERE NOT id = ANY (now_running));

    UPDATE row_image SET before = erased_image(before), fingerprint = 'erased',
        after = CASE WHEN action_id = ANY (now_running) THEN after ELSE erased_image(after) END
    WHERE row_id = ANY (gone);
    GET DIAGNOSTICS number = ROW_COUNT;
    done := done || jsonb_build_object('row_image', number);

    UPDATE action SET input = erased_input(input), reason = '', resource_label = CASE
        WHEN resource_id = ANY (gone) OR resource_id = ANY (touching) THEN called ELSE resource_label END
    WHERE id = ANY (touching);
    GET DIAGNOSTICS number = ROW_COUNT;
    done := done || jsonb_build_object('action', number);

    UPDATE outbox SET payload = (
        SELECT coalesce(jsonb_object_agg(key, value), '{}'::jsonb) FROM jsonb_each(payload)
        WHERE key IN ('id', 'resource_id', 'changed', 'version', 'cause', 'action_id', 'count', 'operation'))
    WHERE record_id = ANY (gone);
    GET DIAGNOSTICS number = ROW_COUNT;
    done := done || jsonb_build_object('outbox', number);

    DELETE FROM idempotency_record WHERE done_by = ANY (touching);
    GET DIAGNOSTICS number = ROW_COUNT;
    done := done || jsonb_build_object('idempotency_record', number);

    UPDATE erasure SET counts = done WHERE id = certificate;
    RETURN done;
END $$
"""


def erase_subject(subject: Subject, *, label: str, reason: str, own: Erased) -> Erasure:
    """Have every source erase what it holds about the person, and then the history; gives the certificate.

    `own` is what the calling command has erased itself, `label` what the person is called from now on. Files in the
    storage are removed by a worker after the commit. Only inside a command that cannot be undone.
    """
    found = [own, *(source.erase(subject) for source in SUBJECT_SOURCES.values())]
    certificate = Erasure(
        organization_id=subject.organization_id,
        action_id=running().action_id,
        subject_entity=subject.entity,
        subject_id=subject.id,
        label=label,
        reason=reason,
        files=[name for item in found for name in item.files],
    )
    certificate.save(force_insert=True)
    rows = frozenset[UUID]().union(*(item.rows for item in found))
    certificate.counts = _erase_history(certificate.pk, rows, _summed(item.counts for item in found))
    if certificate.files:
        enqueue(FILES, certificate.pk)
    about(certificate)
    return certificate


def _summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for item in counts:
        for table, number in item.items():
            total[table] = total.get(table, 0) + number
    return total


def _erase_history(certificate: UUID, rows: Iterable[UUID], counts: Mapping[str, int]) -> dict[str, Any]:
    pointers = [
        {"held": table, "col": column} for source in SUBJECT_SOURCES.values() for table, column in source.pointers
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT erase_history(%s, %s::uuid[], %s::jsonb, %s::jsonb)",
            [certificate, sorted(rows), json.dumps(pointers), json.dumps(counts)],
        )
        [answer] = cursor.fetchone()
    done: dict[str, Any] = json.loads(answer) if isinstance(answer, str) else answer
    return done
