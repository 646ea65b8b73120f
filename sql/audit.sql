-- The audit: only ever added to.

-- name: audit_add
INSERT INTO audit (at, actor, deed, ticket_id, listing_id, message_id, detail)
VALUES (:at, :actor, :deed, :ticket, :listing, :message, :detail)
RETURNING id;
