-- The outbox, and the keys of the desk.

-- name: secret_add
INSERT INTO secret (name, bytes) VALUES (:name, :bytes) ON CONFLICT (name) DO NOTHING;

-- name: secret_find
SELECT bytes FROM secret WHERE name = :name;

-- name: outbox_recent
SELECT count(*) FROM outbox WHERE lower(recipient) = lower(:recipient) AND created_at > :since;

-- name: outbox_add
INSERT INTO outbox (kind, sender, recipient, subject, ticket_id, listing_id, created_at, due_at)
VALUES (:kind, :sender, :recipient, :subject, :ticket, :listing, :at, :at)
RETURNING id;

-- name: outbox_fill
UPDATE outbox SET mail = :mail WHERE id = :id AND state = 'waiting' AND attempts = 0;

-- name: outbox_take
UPDATE outbox SET attempts = attempts + 1, due_at = :until, leased_by = :by
WHERE id = (SELECT o.id FROM outbox o WHERE o.state = 'waiting' AND o.due_at > 0 AND o.due_at <= :now
    ORDER BY o.due_at LIMIT 1)
RETURNING id, sender, recipient, mail, attempts, ticket_id, listing_id;

-- name: outbox_attempt_add
INSERT INTO outbox_attempt (outbox_id, at, outcome) VALUES (:outbox, :at, 'begun') RETURNING id;

-- name: outbox_attempt_end
UPDATE outbox_attempt SET outcome = :outcome, status = :status, said = :said WHERE id = :id;

-- name: outbox_end
UPDATE outbox SET state = :state, due_at = :due, leased_by = NULL
WHERE id = :id AND leased_by = :by AND state = 'waiting';

-- name: outbox_state
SELECT state, leased_by IS NOT NULL AND due_at > :now, ticket_id, listing_id FROM outbox
WHERE id = :id;

-- name: outbox_set
UPDATE outbox SET state = :state, due_at = :now, attempts = 0, leased_by = NULL WHERE id = :id;

-- name: outbox_count
SELECT count(*) FROM outbox WHERE state = :state;

-- name: view_outbox_state
SELECT id, kind, recipient, subject, state, ticket_id, listing_id, created_at AS "created_at:time",
    due_at AS "due_at:time", attempts FROM outbox
WHERE state = :state ORDER BY due_at DESC LIMIT :limit;

-- name: view_outbox_all
SELECT id, kind, recipient, subject, state, ticket_id, listing_id, created_at AS "created_at:time",
    due_at AS "due_at:time", attempts FROM outbox
WHERE id > 0 AND id < :before ORDER BY id DESC LIMIT :limit;

-- name: view_outbox
SELECT id, kind, sender, recipient, subject, state, ticket_id, listing_id,
    created_at AS "created_at:time", due_at AS "due_at:time", attempts FROM outbox WHERE id = :id;

-- name: view_outbox_mail
SELECT mail FROM outbox WHERE id = :id;

-- name: view_outbox_attempts
SELECT at AS "at:time", outcome, status, said FROM outbox_attempt
WHERE outbox_id = :id ORDER BY id DESC LIMIT 100;
