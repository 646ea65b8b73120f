-- What reports are made of.

-- All that are not over, …
-- name: report_unclosed
SELECT g.id, g.address, g.zone, g.ticket_id, g.promised_at, g.reference, g.watch_until, t.state, t.cause,
    t.customer, t.opened_at, t.first_at, t.reopened_at, t.contained_at, t.fixed_at
FROM listing g LEFT JOIN ticket t ON t.id = g.ticket_id
WHERE g.state <> 'closed' AND g.address >= :first;

-- … and those that ended since. One that is closed has been off its list since delisted_at.
-- name: report_closed
SELECT g.id, g.address, g.zone, g.ticket_id, g.promised_at, g.reference, g.watch_until, t.state, t.cause,
    t.customer, t.opened_at, t.first_at, t.reopened_at, t.contained_at, t.fixed_at
FROM listing g LEFT JOIN ticket t ON t.id = g.ticket_id
WHERE g.state = 'closed' AND g.delisted_at >= :since;

-- name: report_events
SELECT at, from_state, to_state, text FROM listing_event WHERE listing_id = :id ORDER BY id;

-- name: report_runs
SELECT r.first_at, r.last_at, r.checks, r.outcome FROM lookup l JOIN lookup_run r ON r.lookup_id = l.id
WHERE l.address = :address AND l.zone = :zone ORDER BY r.id DESC;

-- name: report_proofs
SELECT p.kind, p.text, p.at AS "at:time" FROM proof p JOIN ticket t ON t.id = p.ticket_id
WHERE p.ticket_id = :id AND p.id > coalesce(t.stale_proof, 0) ORDER BY p.id DESC LIMIT 3;
