-- What reports are made of.

-- Stepped once and held: all that follows reads the same state of the store, and takes one lock.
-- name: report_hold
SELECT max(id) FROM listing;

-- All that are not over, …
-- name: report_unclosed
SELECT id FROM listing WHERE state <> 'closed' AND address >= :first;

-- … and those that ended since. One that is closed has been off its list since delisted_at.
-- name: report_closed
SELECT id FROM listing WHERE state = 'closed' AND delisted_at >= :since;

-- name: report_listing
SELECT g.id, g.address, g.zone, g.ticket_id, g.promised_at, g.reference, g.watch_until, t.state, t.cause,
    t.customer, t.opened_at, t.first_at, t.reopened_at, t.contained_at, t.fixed_at, l.id
FROM listing g LEFT JOIN ticket t ON t.id = g.ticket_id
    LEFT JOIN lookup l ON l.address = g.address AND l.zone = g.zone
WHERE g.id = :id;

-- name: report_events
SELECT at, from_state, to_state, text FROM listing_event WHERE listing_id = :id ORDER BY id;

-- What lists answered since, in the order in which the answers began: a run is never long before its
-- place, so that the table is read along.
-- name: report_runs
SELECT lookup_id, first_at, checks, outcome FROM lookup_run WHERE first_at > :since AND first_at <= :until
ORDER BY first_at;

-- name: report_proofs
SELECT p.kind, p.text, p.at AS "at:time" FROM proof p JOIN ticket t ON t.id = p.ticket_id
WHERE p.ticket_id = :id AND p.id > coalesce(t.stale_proof, 0) ORDER BY p.id DESC LIMIT 3;

-- The same of a round that a reopening has ended.
-- name: report_proofs_then
SELECT kind, text, at AS "at:time" FROM proof
WHERE ticket_id = :id AND at >= :since AND at < :until ORDER BY id DESC LIMIT 3;

-- What a ticket has been through, without what was undone.
-- name: report_moves
SELECT a.at, a.detail FROM audit a
WHERE a.ticket_id = :id AND (a.deed = 'ticket-move' OR a.deed = 'ticket-reopen')
    AND NOT EXISTS (SELECT 1 FROM undo u WHERE u.audit_id = a.id AND u.undone_by IS NOT NULL)
ORDER BY a.id;

-- Complaints of the period, with their incidents: once for each, or once when there is none.
-- name: report_complaints
SELECT c.id, c.received_at, c.format, c.reporter, c.filed, i.ours, i.machine, i.category, i.cause, t.customer
FROM complaint c LEFT JOIN incident i ON i.complaint_id = c.id LEFT JOIN ticket t ON t.id = i.ticket_id
WHERE c.received_at > :since AND c.received_at <= :until
    AND (:customer IS NULL OR t.customer = :customer)
ORDER BY c.received_at, c.id;

-- Tickets that are open, …
-- name: report_tickets_live
SELECT id FROM ticket WHERE live = 1 AND last_at >= :since;

-- … and those that were closed since; a merged one is counted as the other.
-- name: report_tickets_closed
SELECT id FROM ticket WHERE live = 0 AND resolved_at > :since AND merged_into IS NULL;

-- name: report_ticket
SELECT t.id, t.machine, t.cause, t.customer, t.opened_at, t.reopened_at, t.resolved_at, t.state, t.complaints,
    t.last_at, (SELECT a.at FROM audit a WHERE a.ticket_id = t.id AND a.deed = 'ticket-move' ORDER BY a.id LIMIT 1)
FROM ticket t WHERE t.id = :id;

-- name: report_ticket_machines
SELECT machine FROM ticket_relay WHERE ticket_id = :id;

-- name: report_customer
SELECT name FROM customer WHERE reference = :reference;

-- The newest are enough: a host has its last one among them.
-- name: report_relay_tests
SELECT address, at, verdict FROM relay_test WHERE id > 0 AND id < :before ORDER BY id DESC LIMIT 1000;
