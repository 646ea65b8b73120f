-- Stored mail.

-- name: message_load
SELECT raw, size, received_at, sealed, dictionary_id FROM message WHERE id = :id;

-- In the order of receipt. A complaint has its message's id and time, and a far smaller row.
-- name: message_next
SELECT id FROM complaint WHERE (received_at, id) > (:at, :id) ORDER BY received_at, id LIMIT 1;

-- name: message_time
SELECT received_at FROM complaint WHERE id = :id;

-- name: message_seal
UPDATE message SET sealed = 1 WHERE id = :id;

-- name: message_last
SELECT max(id) FROM message;

-- What reparse compares: the complaint, then its incidents in order.
-- name: complaint_stored
SELECT format, feedback_type, reporter, authenticity, sender, message_id, incidents, received_at,
    problems
FROM complaint WHERE id = :id;

-- name: incidents_stored
SELECT id, ticket_id, filed_why, occurred_at, type, count, machine, source_ip, relay_ip, exit_ip,
    origin_ip, claimed_ip, account, script, ours, cause, confidence, category, domain, blocked_by,
    message_id, claim, has_evidence, hops, causes
FROM incident WHERE complaint_id = :id ORDER BY n;

-- name: incidents_delete
DELETE FROM incident WHERE complaint_id = :id;

-- name: complaint_delete
DELETE FROM complaint WHERE id = :id;
