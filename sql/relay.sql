-- Open relay tests.

-- name: relay_test_add
INSERT INTO relay_test (ticket_id, address, port, host, source, at, actor, verdict, why, forms,
    accepted, round, next_at, transcript, takes_any)
VALUES (:ticket, :address, :port, :host, :source, :at, :actor, :verdict, :why, :forms,
    :accepted, :round, :next, :transcript, :any)
RETURNING id;

-- name: relay_test_ticket
SELECT coalesce(max(CASE cause WHEN 'open-relay' THEN id END), max(CASE cause WHEN 'unknown' THEN id END))
FROM ticket WHERE live = 1 AND machine = :machine;

-- name: relay_test_next
UPDATE relay_test SET next_at = :next WHERE id = :id;

-- name: relay_test_sends
UPDATE relay_test SET nonce = :nonce, proof = 'waiting' WHERE id = :id;

-- name: relay_test_sent
UPDATE relay_test SET proof = CASE WHEN :accepted = 1 THEN proof ELSE 'refused' END,
    transcript = :transcript
WHERE id = :id;

-- name: relay_test_by_nonce
SELECT id, ticket_id, address, host, proof, port FROM relay_test WHERE nonce = :nonce;

-- name: relay_test_prove
UPDATE relay_test SET proof = 'proven', proven_at = :at, message_id = :message WHERE id = :id;

-- A ticket that was merged is answered for by the other.
-- name: relay_test_due
SELECT r.id, coalesce(t.merged_into, r.ticket_id), r.address, r.port, r.host, r.round
FROM relay_test r LEFT JOIN ticket t ON t.id = r.ticket_id
WHERE r.next_at > 0 AND r.next_at <= :now ORDER BY r.next_at LIMIT 1;

-- name: view_relay_tests
SELECT id, at AS "at:time", actor, host, address AS "address:addr", port, source AS "source:addr",
    verdict, why, forms, accepted AS "accepted:json", takes_any AS "takes_any:bool", ticket_id, proof,
    proven_at AS "proven_at:time", message_id, round, next_at AS "next_at:time"
FROM relay_test WHERE id > 0 AND id < :before ORDER BY id DESC LIMIT :limit;

-- name: view_relay_test
SELECT id, at AS "at:time", actor, host, address AS "address:addr", port, source AS "source:addr",
    verdict, why, forms, accepted AS "accepted:json", takes_any AS "takes_any:bool", ticket_id, proof,
    proven_at AS "proven_at:time", message_id, round, next_at AS "next_at:time", transcript
FROM relay_test WHERE id = :id;

-- The newest that says something; a test from inside does not.
-- name: relay_test_latest
SELECT id, at, verdict, why, takes_any, proof FROM relay_test
WHERE address = :address AND verdict <> 'inside-view' ORDER BY id DESC LIMIT 1;

-- name: relay_test_latest_at
SELECT max(at) FROM relay_test WHERE address = :address;
