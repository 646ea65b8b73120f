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

-- What a reparse needs of the complaint and its incidents beside the models of view.sql.
-- name: reparse_incidents
SELECT ticket_id, exit_ip, source_ip, account, domain, ours, cause, category, type, blocked_by
FROM incident WHERE complaint_id = :id ORDER BY n;

-- name: reparse_complaint
SELECT format, feedback_type, received_at FROM complaint WHERE id = :id;

-- name: reparse_by_hand
SELECT DISTINCT t.id, t.by_hand AS "by_hand:json" FROM incident i JOIN ticket t ON t.id = i.ticket_id
WHERE i.complaint_id = :id AND t.by_hand IS NOT NULL;

-- name: incidents_delete
DELETE FROM incident WHERE complaint_id = :id;

-- name: complaint_delete
DELETE FROM complaint WHERE id = :id;

-- name: ticket_incidents
SELECT incidents FROM ticket WHERE id = :id;
