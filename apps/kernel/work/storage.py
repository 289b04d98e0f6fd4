"""SQL of the work table that code and migrations share: its storage, and the trigger that keeps schedules ticking."""

from __future__ import annotations

DEFAULT_QUEUE = "work"
# Committed events wait in a queue of their own, which workers take in large batches.
RELAY_QUEUE = "relay"
RELAY = "kernel.relay"
TICK = "kernel.schedule"

# A row that waits comes due earlier, never later. A row in a worker's hands is marked to run again, because the
# worker may have read everything before this transaction's change. A parked row stays parked.
ON_CONFLICT = """
ON CONFLICT (kind, tenant_id, ref_id) DO UPDATE SET
    queue = excluded.queue,
    due_at = CASE WHEN work.locked_until IS NULL THEN LEAST(work.due_at, excluded.due_at) ELSE work.due_at END,
    again_at = CASE WHEN work.locked_until IS NULL THEN work.again_at
               ELSE LEAST(work.again_at, excluded.due_at) END
"""

# A queue's rows die young. Room on each page lets a claim stay where the row is, and vacuum comes by the number of
# dead rows, not by their share, so that one long backlog does not slow the claims after it.
TUNE_WORK = """
ALTER TABLE work SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
    autovacuum_analyze_scale_factor = 0.2, autovacuum_vacuum_cost_delay = 0)
"""

# Whatever writes a schedule (a command, undo, plain SQL), its tick comes due at once and works out what follows.
KEEP_SCHEDULE = f"""
CREATE OR REPLACE FUNCTION keep_schedule() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    changed record := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    INSERT INTO work (kind, queue, tenant_id, ref_id, due_at)
    VALUES ('{TICK}', '{DEFAULT_QUEUE}', changed.tenant_id, changed.id, changed.updated_at) {ON_CONFLICT};
    RETURN NULL;
END $$
"""  # noqa: S608 - constants
SCHEDULE_TRIGGER = """
CREATE OR REPLACE TRIGGER keep_schedule AFTER INSERT OR UPDATE OR DELETE ON schedule
FOR EACH ROW EXECUTE FUNCTION keep_schedule()
"""
WORK_STORAGE = (TUNE_WORK, KEEP_SCHEDULE, SCHEDULE_TRIGGER)
