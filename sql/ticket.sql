-- Tickets and the deeds on them.

-- The whole of a ticket that deeds change, as the members of a JSON object (store/ticket_row.h);
-- last_proof is the desk's, for a deed that reopens.
-- name: ticket_row
SELECT kind, state, key, machine AS "machine:addr", account, domain, title, cause, confidence,
    category, customer, assignee, resolution, reason, by_hand AS "by_hand:json", contained_at,
    fixed_at, resolved_at, watch_until, reopened, reopened_at, stale_proof, merged_into,
    (SELECT max(p.id) FROM proof p) AS last_proof
FROM ticket WHERE id = :id;

-- name: ticket_save
UPDATE ticket SET kind = :kind, state = :state, key = :key, machine = :machine, account = :account,
    domain = :domain, title = :title, cause = :cause, confidence = :confidence,
    category = :category, customer = :customer, assignee = :assignee, resolution = :resolution,
    reason = :reason, by_hand = :by_hand, contained_at = :contained_at, fixed_at = :fixed_at,
    resolved_at = :resolved_at, watch_until = :watch_until, reopened = :reopened,
    reopened_at = :reopened_at, stale_proof = :stale_proof, merged_into = :merged_into
WHERE id = :id;

-- name: ticket_load
SELECT kind, state, key, machine, account, domain, title, cause, confidence, category, customer,
    assignee, resolution, reason, by_hand, opened_at, contained_at, fixed_at, resolved_at,
    watch_until, first_at, last_at, complaints, incidents, reopened, merged_into
FROM ticket WHERE id = :id;

-- name: ticket_with_key
SELECT id FROM ticket WHERE key = :key AND live = 1 AND id <> :id;

-- name: ticket_add
INSERT INTO ticket (kind, state, cause, confidence, opened_at, last_at, stale_proof)
VALUES (:kind, 'new', 'unknown', 'low', :at, :at, (SELECT max(id) FROM proof))
RETURNING id;

-- name: ticket_event_at
SELECT event_at FROM ticket WHERE id = :id;

-- name: note_add
INSERT INTO note (ticket_id, at, actor, text) VALUES (:ticket, :at, :actor, :text);

-- name: proof_add
INSERT INTO proof (ticket_id, at, actor, kind, text, machine, account, domain)
SELECT id, :at, :actor, :kind, :text, machine, account, domain FROM ticket WHERE id = :ticket;

-- Those that count: given since the ticket was opened or reopened (what was before proved a fix that
-- failed), and about what the ticket is about, as its key is made. view_ticket_proofs says why not.
-- name: proof_on_record
SELECT count(*) FROM proof p JOIN ticket t ON t.id = p.ticket_id
WHERE p.ticket_id = :id AND p.id > coalesce(t.stale_proof, 0)
    AND p.account IS NOT DISTINCT FROM t.account
    AND (t.account IS NOT NULL OR (p.machine IS NOT DISTINCT FROM t.machine
        AND (t.machine IS NOT NULL OR p.domain IS NOT DISTINCT FROM t.domain)));

-- name: listings_open
SELECT count(*) FROM listing
WHERE ticket_id = :id AND state IN ('listed', 'expiring', 'requested', 'refused');

-- -- counters --

-- name: ticket_recount
UPDATE ticket SET
    incidents = (SELECT count(*) FROM incident i WHERE i.ticket_id = :id),
    complaints = (SELECT count(DISTINCT i.complaint_id) FROM incident i WHERE i.ticket_id = :id),
    first_at = (SELECT min(i.occurred_at) FROM incident i JOIN complaint c ON c.id = i.complaint_id
        WHERE i.ticket_id = :id AND i.occurred_at <= c.received_at),
    event_at = (SELECT max(i.occurred_at) FROM incident i JOIN complaint c ON c.id = i.complaint_id
        WHERE i.ticket_id = :id AND i.credible = 1 AND i.occurred_at <= c.received_at),
    last_at = coalesce((SELECT max(c.received_at) FROM incident i
        JOIN complaint c ON c.id = i.complaint_id WHERE i.ticket_id = :id), opened_at),
    formats = :formats
WHERE id = :id;

-- name: ticket_formats
SELECT DISTINCT c.format FROM incident i JOIN complaint c ON c.id = i.complaint_id
WHERE i.ticket_id = :id;

-- name: ticket_forget_relays
DELETE FROM ticket_relay WHERE ticket_id = :id;

-- name: ticket_collect_relays
INSERT INTO ticket_relay (ticket_id, machine)
SELECT ticket_id, machine FROM incident WHERE ticket_id = :id AND machine IS NOT NULL
UNION SELECT id, machine FROM ticket WHERE id = :id AND machine IS NOT NULL;

-- name: ticket_forget_reporters
DELETE FROM ticket_reporter WHERE ticket_id = :id;

-- name: ticket_collect_reporters
INSERT INTO ticket_reporter (ticket_id, reporter)
SELECT DISTINCT i.ticket_id, c.reporter FROM incident i JOIN complaint c ON c.id = i.complaint_id
WHERE i.ticket_id = :id AND c.reporter IS NOT NULL;

-- -- a filed complaint becomes a ticket --

-- NULL when there is something in it to take, else the ticket that has it all.
-- name: complaint_taken_by
SELECT CASE WHEN c.filed = 0 AND NOT EXISTS (SELECT 1 FROM incident f
        WHERE f.complaint_id = c.id AND f.ticket_id IS NULL)
    THEN (SELECT min(i.ticket_id) FROM incident i WHERE i.complaint_id = c.id) END
FROM complaint c WHERE c.id = :id;

-- name: incidents_take
UPDATE incident SET ticket_id = :ticket, filed_why = NULL
WHERE complaint_id = :complaint AND ticket_id IS NULL;

-- name: complaint_refile
UPDATE complaint SET
    filed = CASE WHEN EXISTS (SELECT 1 FROM incident i
        WHERE i.complaint_id = :id AND i.ticket_id IS NOT NULL) THEN 0 ELSE 1 END
WHERE id = :id;

-- name: incident_first
SELECT machine, account, domain, cause, confidence, category
FROM incident WHERE complaint_id = :id AND ticket_id IS NULL ORDER BY n LIMIT 1;

-- -- merge, split, undo --

-- name: undo_add
INSERT INTO undo (audit_id, ticket_id, other_id, words, before, after)
VALUES (:audit, :ticket, :other, :words, :before, :after);

-- The last deed of a ticket that is not undone, as its own or as the other side of it.
-- name: undo_last
SELECT u.audit_id, u.ticket_id, u.other_id, u.words, u.before, u.after, a.deed
FROM (SELECT max(audit_id) AS audit_id FROM
        (SELECT max(audit_id) AS audit_id FROM undo WHERE ticket_id = :id AND undone_by IS NULL
         UNION ALL
         SELECT max(audit_id) FROM undo WHERE other_id = :id AND undone_by IS NULL) AS sides) AS last
JOIN undo u ON u.audit_id = last.audit_id
JOIN audit a ON a.id = u.audit_id;

-- name: undo_done
UPDATE undo SET undone_by = :by WHERE audit_id = :audit;

-- name: undo_keep_incidents
INSERT INTO undo_row (audit_id, what, row_id)
SELECT :audit, 'incident', id FROM incident WHERE ticket_id = :from;

-- name: undo_keep_notes
INSERT INTO undo_row (audit_id, what, row_id)
SELECT :audit, 'note', id FROM note WHERE ticket_id = :from;

-- name: undo_keep_proofs
INSERT INTO undo_row (audit_id, what, row_id)
SELECT :audit, 'proof', id FROM proof WHERE ticket_id = :from;

-- name: undo_keep_listings
INSERT INTO undo_row (audit_id, what, row_id)
SELECT :audit, 'listing', id FROM listing WHERE ticket_id = :from;

-- name: undo_keep_row
INSERT INTO undo_row (audit_id, what, row_id) VALUES (:audit, 'incident', :row);

-- Rows that the deed moved and something moved on since.
-- name: undo_moved_on
SELECT count(*) FROM undo_row u LEFT JOIN incident i ON i.id = u.row_id AND i.ticket_id = :other
WHERE u.audit_id = :audit AND u.what = 'incident' AND i.id IS NULL;

-- name: move_incidents
UPDATE incident SET ticket_id = :to WHERE ticket_id = :from AND id IN
    (SELECT row_id FROM undo_row WHERE audit_id = :audit AND what = 'incident');

-- name: move_notes
UPDATE note SET ticket_id = :to WHERE ticket_id = :from AND id IN
    (SELECT row_id FROM undo_row WHERE audit_id = :audit AND what = 'note');

-- name: move_proofs
UPDATE proof SET ticket_id = :to WHERE ticket_id = :from AND id IN
    (SELECT row_id FROM undo_row WHERE audit_id = :audit AND what = 'proof');

-- name: move_listings
UPDATE listing SET ticket_id = :to WHERE ticket_id = :from AND id IN
    (SELECT row_id FROM undo_row WHERE audit_id = :audit AND what = 'listing');

-- name: incident_ticket
SELECT ticket_id FROM incident WHERE id = :id;
