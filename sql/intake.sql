-- A received mail and what it said.

-- name: message_by_digest
SELECT id FROM message WHERE digest = :digest;

-- name: message_add
INSERT INTO message (digest, dictionary_id, size, sealed, source, received_at, raw)
VALUES (:digest, :dictionary, :size, :sealed, :source, :at, :raw)
ON CONFLICT (digest) DO NOTHING
RETURNING id;

-- name: delivery_add
INSERT INTO delivery (message_id, recipient, sender, received_at)
VALUES (:message, :recipient, :sender, :at)
ON CONFLICT (message_id, recipient) DO NOTHING;

-- name: complaint_add
INSERT INTO complaint (id, format, feedback_type, reporter, authenticity, authenticity_why, sender,
    subject, addresses, words, message_id, in_reply_to, dated_at, automatic, problems, incidents,
    filed, filed_why, machine, cause, confidence, category, received_at)
VALUES (:id, :format, :feedback_type, :reporter, :authenticity, :authenticity_why, :sender,
    :subject, :addresses, :words, :message_id, :in_reply_to, :dated, :automatic, :problems,
    :incidents, :filed, :filed_why, :machine, :cause, :confidence, :category, :at);

-- name: incident_add
INSERT INTO incident (complaint_id, ticket_id, n, filed_why, occurred_at, type, count, machine,
    source_ip, source_port, relay_ip, exit_ip, origin_ip, claimed_ip, claim, account, script, ours,
    cause, confidence, category, domain, blocked_by, message_id, subject, dated_at, has_evidence,
    pasted, credible, detail)
VALUES (:complaint, :ticket, :n, :filed_why, :occurred, :type, :count, :machine,
    :source_ip, :source_port, :relay_ip, :exit_ip, :origin_ip, :claimed_ip, :claim, :account,
    :script, :ours, :cause, :confidence, :category, :domain, :blocked_by, :message_id, :subject,
    :dated, :has_evidence, :pasted, :credible, :detail);

-- What full text search finds. The text stays in complaint; this is its index.
-- name: complaint_index
INSERT INTO complaint_text (rowid, subject, addresses, words)
SELECT id, subject, addresses, words FROM complaint WHERE id BETWEEN :first AND :last;

-- An external-content index forgets only what it is told it holds.
-- name: complaint_unindex
INSERT INTO complaint_text (complaint_text, rowid, subject, addresses, words)
SELECT 'delete', id, subject, addresses, words FROM complaint WHERE id = :id;

-- name: reporter_is_known
SELECT 1 FROM complaint
WHERE reporter = :reporter AND authenticity = 'pass' AND received_at < :before AND filed = 0
LIMIT 1;

-- Tickets as filing.c reads them: one live ticket for a key; the latest resolved one; by id.
-- name: ticket_live_by_key
SELECT id, state, cause, confidence, category, by_hand, fixed_at, watch_until,
    customer, event_at
FROM ticket WHERE key = :key AND live = 1;

-- name: ticket_key_is_merged
SELECT 1 FROM ticket WHERE key = :key AND live = 0 AND merged_into IS NOT NULL LIMIT 1;

-- What came for a merged ticket goes to the one at the end of the chain.
-- name: ticket_merged_by_key
WITH RECURSIVE chain (id, depth) AS (
    SELECT merged_into, 1 FROM ticket
    WHERE key = :key AND live = 0 AND merged_into IS NOT NULL
    UNION ALL
    SELECT t.merged_into, c.depth + 1 FROM chain c JOIN ticket t ON t.id = c.id
    WHERE t.merged_into IS NOT NULL AND c.depth < 16)
SELECT t.id, t.state, t.cause, t.confidence, t.category, t.by_hand,
    CASE WHEN t.live = 1 THEN t.fixed_at ELSE coalesce(t.fixed_at, t.resolved_at) END, t.watch_until,
    t.customer, t.event_at
FROM chain c JOIN ticket t ON t.id = c.id
    AND (t.live = 1 OR (t.state = 'resolved'
        AND NOT EXISTS (SELECT 1 FROM ticket k WHERE k.key = t.key AND k.live = 1)))
ORDER BY c.depth DESC LIMIT 1;

-- name: ticket_resolved_by_key
SELECT id, state, cause, confidence, category, by_hand, coalesce(fixed_at, resolved_at), watch_until,
    customer, event_at
FROM ticket WHERE key = :key AND live = 0 AND state = 'resolved'
ORDER BY resolved_at DESC LIMIT 1;

-- name: ticket_target
SELECT id, state, cause, confidence, category, by_hand, fixed_at, watch_until,
    customer, event_at
FROM ticket WHERE id = CAST(:key AS INTEGER);

-- name: ticket_open
INSERT INTO ticket (kind, state, key, machine, account, domain, cause, confidence, category,
    opened_at, last_at, stale_proof)
VALUES (:kind, 'new', :key, :machine, :account, :domain, :cause, :confidence, :category,
    :at, :at, (SELECT max(id) FROM proof))
ON CONFLICT (key) WHERE live = 1 DO NOTHING
RETURNING id;

-- name: ticket_reopen
UPDATE ticket SET state = 'open', resolution = NULL, reason = NULL, contained_at = NULL,
    fixed_at = NULL, resolved_at = NULL, watch_until = NULL, reopened = reopened + 1,
    reopened_at = :at, stale_proof = (SELECT max(p.id) FROM proof p)
WHERE id = :id;

-- name: ticket_join
UPDATE ticket SET complaints = complaints + 1, incidents = incidents + :incidents,
    last_at = CASE WHEN last_at < :at THEN :at ELSE last_at END,
    first_at = CASE WHEN first_at <= :first THEN first_at ELSE coalesce(:first, first_at) END,
    event_at = CASE WHEN event_at >= :event THEN event_at ELSE coalesce(:event, event_at) END,
    formats = formats | :format, cause = :cause, confidence = :confidence, category = :category,
    customer = :customer
WHERE id = :id;

-- name: ticket_add_relay
INSERT INTO ticket_relay (ticket_id, machine) VALUES (:ticket, :machine)
ON CONFLICT (ticket_id, machine) DO NOTHING;

-- name: ticket_add_reporter
INSERT INTO ticket_reporter (ticket_id, reporter) VALUES (:ticket, :reporter)
ON CONFLICT (ticket_id, reporter) DO NOTHING;

-- name: dictionary_by_number
SELECT id FROM dictionary WHERE zstd_id = :number;

-- name: dictionary_add
INSERT INTO dictionary (zstd_id, bytes, created_at) VALUES (:number, :bytes, :at)
ON CONFLICT (zstd_id) DO UPDATE SET zstd_id = excluded.zstd_id
RETURNING id;

-- name: dictionary_load
SELECT bytes FROM dictionary WHERE id = :id;
