"""The last statement of an outermost command: its action is completed, and its events are written."""

from __future__ import annotations

# One statement does five things, because a command pays for each of its own: it completes the action, makes lifecycle
# events from the row images of the whole action, writes them and the announced ones to the outbox, queues the relay
# where somebody waits for one of them, and puts the session variable back.
#
# `kinds` maps a table to its kind of record and the first letters of the verbs that are wanted at once. The net effect
# counts: what was created and deleted in one action never happened, nor what was changed and changed back.
#
# It is a function because its plan costs more than its work: the server keeps the plan for the session, also behind a
# pooler. `facts` holds the values that are declared in it, and `emitted`, the announced events.
END_COMMAND = """
CREATE OR REPLACE FUNCTION end_command(facts jsonb, kinds jsonb)
RETURNS TABLE (organizations uuid[], former text, is_pending boolean, said jsonb)
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
#variable_conflict use_column
<<given>>
DECLARE
    entity text := facts ->> 'entity';
    resource uuid := facts ->> 'resource';
    label text := facts ->> 'label';
    action uuid := facts ->> 'action';
    touched uuid[] := ARRAY(SELECT jsonb_array_elements_text(facts -> 'touched'))::uuid[];
    former text := facts ->> 'former';
    actions uuid[] := ARRAY(SELECT jsonb_array_elements_text(facts -> 'actions'))::uuid[];
    cause text := facts ->> 'cause';
    heard text[] := ARRAY(SELECT jsonb_array_elements_text(facts -> 'heard'))::text[];
    many bigint := facts ->> 'many';
    relay text := facts ->> 'relay';
    queue text := facts ->> 'queue';
    tenant uuid := facts ->> 'tenant';
    actor_kind text := facts ->> 'actor_kind';
    actor_id uuid := facts ->> 'actor_id';
    on_behalf_of uuid := facts ->> 'on_behalf_of';
    correlation uuid := facts ->> 'correlation';
    causation uuid := facts ->> 'causation';
    depth int := facts ->> 'depth';
    parked text := facts ->> 'parked';
    now timestamptz := facts ->> 'now';
BEGIN
RETURN QUERY
WITH named AS (
    UPDATE action SET resource_entity = given.entity, resource_id = given.resource, resource_label = given.label,
        organizations = ARRAY(
            SELECT DISTINCT organization_id FROM row_image
            WHERE action_id = given.action AND organization_id IS NOT NULL
            UNION SELECT unnest(given.touched))
    WHERE id = given.action RETURNING organizations
), image AS MATERIALIZED (
    SELECT kind ->> 0 AS entity, kind ->> 1 AS wanted, organization_id, row_id, seq, existed, was_alive, is_alive
    FROM (
        SELECT kinds -> table_name AS kind, organization_id, row_id, seq,
            before IS NOT NULL AS existed,
            before IS NOT NULL AND before ->> 'deleted_at' IS NULL AS was_alive,
            after IS NOT NULL AND after ->> 'deleted_at' IS NULL AS is_alive
        FROM row_image WHERE action_id = ANY(given.actions)) AS every
    WHERE kind IS NOT NULL
), size AS (
    SELECT entity, count(DISTINCT row_id) > given.many AS is_large FROM image GROUP BY entity
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
            WHEN is_alive AND (existed OR given.cause <> '') THEN 'restored' WHEN is_alive THEN 'created' END AS verb,
        CASE WHEN was_alive AND is_alive THEN ARRAY(
            SELECT key FROM jsonb_each(newest.after)
            WHERE key NOT IN ('version', 'updated_at') AND oldest.before -> key IS DISTINCT FROM value ORDER BY key)
        ELSE '{}' END AS changed,
        newest.after -> 'version' AS version, net.last
    FROM net
    JOIN row_image oldest ON oldest.action_id = ANY(given.actions) AND oldest.seq = net.first
    JOIN row_image newest ON newest.action_id = ANY(given.actions) AND newest.seq = net.last
), large AS (
    SELECT entity, wanted, organization_id, count(DISTINCT row_id) AS rows, array_agg(DISTINCT
        CASE WHEN was_alive AND is_alive THEN 'updated' WHEN was_alive THEN 'deleted'
            WHEN is_alive AND (existed OR given.cause <> '') THEN 'restored' WHEN is_alive THEN 'created' END) AS verbs
    FROM image JOIN size USING (entity) WHERE is_large GROUP BY entity, wanted, organization_id
), event AS (
    SELECT 0 AS place, last, entity || '.' || verb AS name, organization_id, entity, row_id AS record_id,
        jsonb_build_object('id', row_id, 'resource_id', row_id, 'changed', changed, 'version', version,
            'cause', given.cause) AS payload,
        given.action AS action_id, NULL::uuid[] AS recipients, given.now AS at,
        strpos(wanted, left(verb, 1)) > 0 AS is_wanted
    FROM single WHERE verb IS NOT NULL AND NOT (verb = 'updated' AND changed = '{}')
    UNION ALL
    SELECT 1, row_number() OVER (), entity || '.bulk_changed', organization_id, entity, NULL,
        jsonb_build_object('action_id', given.action, 'count', rows, 'cause', given.cause,
            'operation', CASE WHEN cardinality(verbs) = 1 THEN verbs[1] ELSE 'mixed' END),
        given.action, NULL, given.now, strpos(wanted, 'b') > 0
    FROM large WHERE verbs <> ARRAY[NULL]::text[]
    UNION ALL
    SELECT 2, place, name, organization_id, entity, record_id, payload, action_id, recipients, at, is_wanted
    FROM jsonb_to_recordset(facts -> 'emitted') AS said (place int, name text, organization_id uuid, entity text,
        record_id uuid, payload jsonb, action_id uuid, recipients uuid[], at timestamptz, is_wanted boolean)
), written AS (
    INSERT INTO outbox (id, tenant_id, created_at, organization_id, name, payload, entity, record_id, actor_kind,
        actor_id, on_behalf_of, correlation_id, action_id, batch_id, causation_id, depth, recipients, is_pending,
        parked_reason)
    SELECT uuid7(), given.tenant, at, organization_id, name, payload, entity, record_id, given.actor_kind,
        given.actor_id, given.on_behalf_of, given.correlation, action_id, given.action, given.causation,
        given.depth, recipients, is_wanted AND given.parked = '', given.parked
    FROM event ORDER BY place, last
    RETURNING id, seq, name, organization_id, entity, record_id, payload, action_id, created_at, is_pending
), queued AS (
    INSERT INTO work (kind, queue, tenant_id, ref_id, due_at)
    SELECT given.relay, given.queue, given.tenant, given.action, given.now
    WHERE EXISTS (SELECT FROM written WHERE is_pending)
)
SELECT organizations, set_config('app.action_id', given.former, true),
    EXISTS (SELECT FROM written WHERE is_pending),
    CASE WHEN given.heard <> '{}' THEN
        (SELECT jsonb_agg(to_jsonb(written) ORDER BY seq) FROM written WHERE name = ANY(given.heard)) END
FROM named;
END
$$
"""
END_OUTERMOST = "SELECT * FROM end_command(%s, %s)"
