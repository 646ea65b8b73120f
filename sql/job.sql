-- Jobs of the clock, and what the log said.

-- One for each thing to do; one that was given up is begun anew.
-- name: job_add
INSERT INTO job (kind, ref, due_at) VALUES (:kind, :ref, :at)
ON CONFLICT (kind, ref) DO UPDATE SET due_at = excluded.due_at, attempts = 0, gave_up_at = NULL,
    last_error = NULL
WHERE job.gave_up_at IS NOT NULL;

-- Moves of one ticket are told in their order; the joins keep theirs, through the entries of that ticket.
-- name: job_take
UPDATE job SET attempts = attempts + 1, due_at = :until, leased_until = :until, leased_by = :by
WHERE id = (SELECT j.id FROM job j WHERE j.gave_up_at IS NULL AND j.due_at > 0 AND j.due_at <= :now
      AND (j.kind <> 'hook' OR NOT EXISTS (SELECT 1 FROM audit m
           CROSS JOIN audit e CROSS JOIN job b
           WHERE m.id = j.ref AND e.ticket_id = m.ticket_id AND e.id < m.id AND b.kind = 'hook'
             AND b.ref = e.id AND b.gave_up_at IS NULL))
    ORDER BY j.due_at, j.id LIMIT 1)
RETURNING id, kind, ref, attempts,
    (SELECT a.ticket_id FROM audit a WHERE job.kind = 'hook' AND a.id = job.ref);

-- name: job_done
DELETE FROM job WHERE id = :id AND leased_by = :by;

-- name: job_fail
UPDATE job SET leased_until = NULL, leased_by = NULL, last_error = :why, due_at = :due,
    gave_up_at = :gave_up
WHERE id = :id AND leased_by = :by;

-- name: view_jobs
SELECT id, kind, ref,
    (SELECT a.ticket_id FROM audit a WHERE job.kind = 'hook' AND a.id = job.ref) AS ticket, due_at AS "due_at:time", attempts, leased_until AS "leased_until:time",
    leased_by, gave_up_at AS "gave_up_at:time", last_error
FROM job WHERE id > 0 ORDER BY id DESC LIMIT :limit;

-- name: hook_move
SELECT detail FROM audit WHERE id = :id;

-- name: witness_add
INSERT INTO witness (message_id, ids, at, answer, words) VALUES (:message, :ids, :at, :answer, :words)
ON CONFLICT (message_id, ids) DO NOTHING;

-- name: witness_find
SELECT answer, words FROM witness WHERE message_id = :message AND ids = :ids;

-- What the log said of the newest incidents of a ticket.
-- name: view_ticket_witnesses
SELECT w.at AS "at:time", w.message_id, w.ids, w.words, w.answer AS "answer:json"
FROM (SELECT DISTINCT n.complaint_id FROM (SELECT i.complaint_id FROM incident i
      WHERE i.ticket_id = :id ORDER BY i.id DESC LIMIT 200) AS n) AS c
JOIN witness w ON w.message_id = c.complaint_id
ORDER BY w.message_id DESC LIMIT 200;

-- The cause that the surest of a ticket's newest incidents gives, where no person has said.
-- name: ticket_relearn
UPDATE ticket SET (cause, confidence) = (SELECT n.cause, n.confidence
    FROM (SELECT i.id, i.cause, i.confidence FROM incident i WHERE i.ticket_id = :id
          ORDER BY i.id DESC LIMIT 200) AS n
    ORDER BY CASE n.cause WHEN 'unknown' THEN 1 ELSE 0 END,
        CASE n.confidence WHEN 'high' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END, n.id LIMIT 1)
WHERE id = :id AND incidents > 0 AND (by_hand IS NULL
    OR (by_hand NOT LIKE '%"cause"%' AND by_hand NOT LIKE '%"confidence"%'));
