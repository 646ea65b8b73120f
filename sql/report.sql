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
