-- The audit: only ever added to.

-- name: audit_add
INSERT INTO audit (at, actor, deed, ticket_id, listing_id, message_id, detail)
VALUES (:at, :actor, :deed, :ticket, :listing, :message, :detail)
RETURNING id;

-- name: audit_of_ticket
SELECT id, at AS "at:time", actor, deed, message_id, detail AS "detail:json"
FROM audit WHERE ticket_id = :id ORDER BY id DESC LIMIT 200;
