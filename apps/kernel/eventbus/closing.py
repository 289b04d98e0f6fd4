"""The last statement of an outermost command: its action is completed, and its events are written."""

from __future__ import annotations

# One statement does five things, because a command pays for each of its own: it completes the action, makes lifecycle
# events from the row images of the whole action, writes them and the announced ones to the outbox, queues the relay
# where somebody waits for one of them, and puts the session variable back.
#
# `kinds` maps a table to its kind of record and the first letters of the verbs that are wanted at once. The net effect
# counts: what was created and deleted in one action never happened, nor what was changed and changed back.
END_OUTERMOST = """
WITH named AS (
    UPDATE action SET resource_entity = %(entity)s, resource_id = %(resource)s, resource_label = %(label)s,
        organizations = ARRAY(
            SELECT DISTINCT organization_id FROM row_image
            WHERE action_id = %(action)s AND organization_id IS NOT NULL
            UNION SELECT unnest(%(touched)s::uuid[]))
    WHERE id = %(action)s RETURNING organizations
), image AS MATERIALIZED (
    SELECT kind ->> 0 AS entity, kind ->> 1 AS wanted, organization_id, row_id, seq, existed, was_alive, is_alive
    FROM (
        SELECT %(kinds)s::jsonb -> table_name AS kind, organization_id, row_id, seq,
            before IS NOT NULL AS existed,
            before IS NOT NULL AND before ->> 'deleted_at' IS NULL AS was_alive,
            after IS NOT NULL AND after ->> 'deleted_at' IS NULL AS is_alive
        FROM row_image WHERE action_id = ANY(%(actions)s::uuid[])) AS every
    WHERE kind IS NOT NULL
), size AS (
    SELECT entity, count(DISTINCT row_id) > %(many)s AS is_large FROM image GROUP BY entity
), net AS (
    SELECT entity, wanted, row_id, min(seq) AS first, max(seq) AS last,
        (array_agg(organization_id ORDER BY seq DESC))[1] AS organization_id,
        (array_agg(existed ORDER BY seq))[1] AS existed,
        (array_agg(was_alive ORDER BY seq))[1] AS was_alive,
        (array_agg(is_alive ORDER BY seq DESC))[1] AS is_alive
    FROM image JOIN size USING (entity) WHERE NOT is_large GROUP BY entity, wanted, row_id
), single AS (
    SELECT net.entity, wanted, net.organization_id, net.row_id,
        CASE WHEN was_alive AND is_alive THEN 'updated' WHEN was_alive THEN 'deleted'
            WHEN is_alive AND (existed OR %(cause)s <> '') THEN 'restored' WHEN is_alive THEN 'created' END AS verb,
        CASE WHEN was_alive AND is_alive THEN ARRAY(
            SELECT key FROM jsonb_each(newest.after)
            WHERE key NOT IN ('version', 'updated_at') AND oldest.before -> key IS DISTINCT FROM value ORDER BY key)
        ELSE '{}' END AS changed,
        newest.after -> 'version' AS version, net.last
    FROM net
    JOIN row_image oldest ON oldest.action_id = ANY(%(actions)s::uuid[]) AND oldest.seq = net.first
    JOIN row_image newest ON newest.action_id = ANY(%(actions)s::uuid[]) AND newest.seq = net.last
), large AS (
    SELECT entity, wanted, organization_id, count(DISTINCT row_id) AS rows, array_agg(DISTINCT
        CASE WHEN was_alive AND is_alive THEN 'updated' WHEN was_alive THEN 'deleted'
            WHEN is_alive AND (existed OR %(cause)s <> '') THEN 'restored' WHEN is_alive THEN 'created' END) AS verbs
    FROM image JOIN size USING (entity) WHERE is_large GROUP BY entity, wanted, organization_id
), event AS (
    SELECT 0 AS place, last, entity || '.' || verb AS name, organization_id, entity, row_id AS record_id,
        jsonb_build_object('resource_id', row_id, 'changed', changed, 'version', version, 'cause', %(cause)s) AS
        payload, %(action)s::uuid AS action_id, NULL::uuid[] AS recipients, %(now)s::timestamptz AS at, strpos(wanted,
        left(verb, 1)) > 0 AS is_wanted
    FROM single WHERE verb IS NOT NULL AND NOT (verb = 'updated' AND changed = '{}')
    UNION ALL
    SELECT 1, row_number() OVER (), entity || '.bulk_changed', organization_id, entity, NULL,
        jsonb_build_object('action_id', %(action)s::uuid, 'count', rows, 'cause', %(cause)s,
            'operation', CASE WHEN cardinality(verbs) = 1 THEN verbs[1] ELSE 'mixed' END),
        %(action)s, NULL, %(now)s, strpos(wanted, 'b') > 0
    FROM large WHERE verbs <> ARRAY[NULL]::text[]
    UNION ALL
    SELECT 2, place, name, organization_id, entity, record_id, payload, action_id, recipients, at, is_wanted
    FROM jsonb_to_recordset(%(emitted)s::jsonb) AS said (place int, name text, organization_id uuid, entity text,
        record_id uuid, payload jsonb, action_id uuid, recipients uuid[], at timestamptz, is_wanted boolean)
), written AS (
    INSERT INTO outbox (id, tenant_id, created_at, organization_id, name, payload, entity, record_id, actor_kind,
        actor_id, on_behalf_of, correlation_id, action_id, batch_id, causation_id, depth, recipients, is_pending,
        parked_reason)
    SELECT uuid7(), %(tenant)s, at, organization_id, name, payload, entity, record_id, %(actor_kind)s,
        %(actor_id)s::uuid, %(on_behalf_of)s::uuid, %(correlation)s, action_id, %(action)s, %(causation)s::uuid,
        %(depth)s, recipients, is_wanted AND %(parked)s = '', %(parked)s
    FROM event ORDER BY place, last
    RETURNING id, seq, name, organization_id, entity, record_id, payload, action_id, created_at, is_pending
), queued AS (
    INSERT INTO work (kind, queue, tenant_id, ref_id, due_at)
    SELECT %(relay)s, %(queue)s, %(tenant)s, %(action)s, %(now)s WHERE EXISTS (SELECT FROM written WHERE is_pending)
)
SELECT organizations, set_config('app.action_id', %(former)s, true),
    EXISTS (SELECT FROM written WHERE is_pending),
    CASE WHEN %(heard)s::text[] <> '{}' THEN
        (SELECT jsonb_agg(to_jsonb(written) ORDER BY seq) FROM written WHERE name = ANY(%(heard)s::text[])) END
FROM named
"""
