-- What is said to a list.

-- Of each kind, when the last one that counts was given (as proof_on_record).
-- name: request_proofs
SELECT p.kind, max(p.at) FROM proof p JOIN ticket t ON t.id = p.ticket_id
WHERE p.ticket_id = :id AND p.id > coalesce(t.stale_proof, 0)
    AND p.account IS NOT DISTINCT FROM t.account
    AND (t.account IS NOT NULL OR (p.machine IS NOT DISTINCT FROM t.machine
        AND (t.machine IS NOT NULL OR p.domain IS NOT DISTINCT FROM t.domain)))
GROUP BY p.kind;

-- With the event that was written last.
-- name: request_keep
UPDATE listing_event SET letter = :letter
WHERE id = (SELECT max(id) FROM listing_event WHERE listing_id = :id);

-- A letter to the list that has not left yet.
-- name: request_waiting
SELECT id FROM outbox WHERE state = 'waiting' AND listing_id = :id AND kind = 'request' LIMIT 1;
