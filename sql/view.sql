-- The models of lists and pages. A column "name:addr" (":time", ":json", ":bool") says how it reads.

-- name: view_ticket_line
SELECT t.id, t.kind, t.state, t.machine AS "machine:addr", t.account, t.domain, t.title, t.cause,
    t.confidence, t.category, t.customer, t.assignee, t.resolution, t.reason, t.complaints,
    t.incidents, t.reopened, t.opened_at AS "opened_at:time", t.contained_at AS "contained_at:time",
    t.fixed_at AS "fixed_at:time", t.resolved_at AS "resolved_at:time",
    t.watch_until AS "watch_until:time", t.first_at AS "first_at:time",
    t.last_at AS "last_at:time", t.by_hand AS "by_hand:json", t.merged_into
FROM ticket t WHERE t.id = :id;

-- name: view_filed_line
SELECT c.id, c.id AS message_id, c.format, c.feedback_type, c.reporter, c.sender AS "from",
    c.subject, c.machine AS "machine:addr", c.cause, c.category, c.filed_why AS why,
    c.received_at AS "received_at:time", c.incidents, m.sealed AS "sealed:bool"
FROM complaint c JOIN message m ON m.id = c.id WHERE c.id = :id;

-- Of the newest incidents, the one that says most: the ticket's cause, the surest, with hops.
-- name: view_ticket_best
SELECT i.detail AS "detail:members", i.cause, i.id
FROM (SELECT n.id, n.detail, n.relay_ip, n.cause, n.confidence FROM incident n
      WHERE n.ticket_id = :id ORDER BY n.id DESC LIMIT 200) AS i
ORDER BY CASE WHEN i.cause = :cause THEN 0 ELSE 1 END,
    CASE i.confidence WHEN 'high' THEN 0 WHEN 'medium' THEN 1 ELSE 2 END,
    CASE WHEN i.relay_ip IS NULL THEN 1 ELSE 0 END, i.id DESC
LIMIT 1;

-- name: view_ticket_groups
SELECT i.machine AS "machine:addr", i.account, i.cause, count(*) AS incidents,
    sum(i.count) AS events, min(i.at) AS "first_at:time", max(i.at) AS "last_at:time"
FROM (SELECT n.machine, n.account, n.cause, n.count, coalesce(n.occurred_at, n.dated_at) AS at
      FROM incident n WHERE n.ticket_id = :id ORDER BY n.id DESC LIMIT 2000) AS i
GROUP BY i.machine, i.account, i.cause ORDER BY count(*) DESC LIMIT 50;

-- name: view_ticket_relays
SELECT machine AS "machine:addr" FROM ticket_relay WHERE ticket_id = :id ORDER BY machine LIMIT 100;

-- name: view_ticket_notes
SELECT id, at AS "at:time", actor, text FROM note WHERE ticket_id = :id ORDER BY id DESC LIMIT 200;

-- name: view_ticket_proofs
SELECT p.id, p.at AS "at:time", p.actor, p.kind, p.text, p.machine AS "machine:addr", p.account,
    p.domain, CASE
        WHEN p.id <= t.stale_proof AND t.reopened > 0 THEN 'from before it was reopened'
        WHEN p.id <= t.stale_proof THEN 'from before it was opened'
        WHEN p.account IS DISTINCT FROM t.account OR (t.account IS NULL
            AND (p.machine IS DISTINCT FROM t.machine
                OR (t.machine IS NULL AND p.domain IS DISTINCT FROM t.domain)))
        THEN 'about another machine or account' END AS stale
FROM proof p JOIN ticket t ON t.id = p.ticket_id WHERE p.ticket_id = :id
ORDER BY p.id DESC LIMIT 200;

-- name: view_ticket_listings
SELECT id, address AS "address:addr", zone, state, first_at AS "first_at:time",
    last_at AS "last_at:time", requested_at AS "requested_at:time",
    delisted_at AS "delisted_at:time", relistings
FROM listing WHERE ticket_id = :id ORDER BY id LIMIT 200;

-- name: view_ticket_history
SELECT a.id, a.at AS "at:time", a.actor, a.deed, a.message_id, a.detail AS "detail:json", u.words,
    u.undone_by
FROM audit a LEFT JOIN undo u ON u.audit_id = a.id
WHERE a.ticket_id = :id ORDER BY a.id DESC LIMIT 200;

-- name: view_incidents_of_ticket
SELECT i.id, i.complaint_id, i.ticket_id, i.source_ip AS "source_ip:addr", i.source_port,
    i.occurred_at AS "time:time", i.type, i.count, i.relay_ip AS "relay_ip:addr",
    i.exit_ip AS "exit_ip:addr", i.origin_ip AS "origin_ip:addr", i.account, i.script,
    i.ours AS "ours:bool", i.cause, i.confidence,
    i.claimed_ip AS "claimed_ip:addr", i.claim, i.category, i.blocked_by, i.message_id,
    i.subject, i.dated_at AS "date:time", i.detail AS "detail:members", i.domain, i.filed_why,
    i.has_evidence AS "has_evidence:bool", i.pasted AS "pasted:bool",
    i.credible AS "credible:bool", c.received_at AS "received_at:time"
FROM incident i JOIN complaint c ON c.id = i.complaint_id
WHERE i.ticket_id = :ticket AND i.id < :id ORDER BY i.id DESC LIMIT :limit;

-- name: view_incidents_of_complaint
SELECT i.id, i.complaint_id, i.ticket_id, i.source_ip AS "source_ip:addr", i.source_port,
    i.occurred_at AS "time:time", i.type, i.count, i.relay_ip AS "relay_ip:addr",
    i.exit_ip AS "exit_ip:addr", i.origin_ip AS "origin_ip:addr", i.account, i.script,
    i.ours AS "ours:bool", i.cause, i.confidence,
    i.claimed_ip AS "claimed_ip:addr", i.claim, i.category, i.blocked_by, i.message_id,
    i.subject, i.dated_at AS "date:time", i.detail AS "detail:members", i.domain, i.filed_why,
    i.has_evidence AS "has_evidence:bool", i.pasted AS "pasted:bool",
    i.credible AS "credible:bool"
FROM incident i WHERE i.complaint_id = :id ORDER BY i.id;

-- name: view_complaint_line
SELECT c.id, c.id AS message_id, c.format, c.feedback_type, c.reporter, c.authenticity,
    c.authenticity_why, c.sender AS "from", c.subject, c.words, c.message_id AS header_message_id,
    c.in_reply_to, c.dated_at AS "date:time", c.automatic AS "automatic:bool",
    c.problems AS "problems:json", c.filed AS "filed:bool", c.filed_why,
    c.received_at AS "received_at:time", m.sealed AS "sealed:bool", m.size, m.source
FROM complaint c JOIN message m ON m.id = c.id WHERE c.id = :id;

-- name: view_complaint_deliveries
SELECT recipient, sender, received_at AS "received_at:time" FROM delivery
WHERE message_id = :id ORDER BY recipient LIMIT 200;

-- name: view_complaint_tickets
SELECT DISTINCT ticket_id FROM incident WHERE complaint_id = :id AND ticket_id IS NOT NULL
ORDER BY ticket_id;

-- Live tickets are few, whatever the desk's age; the rest is counted by its index alone.
-- name: view_counts_live
SELECT state, count(*) FROM ticket
WHERE state IN ('new', 'open', 'contained', 'fixed', 'delisting') GROUP BY state;

-- name: view_counts_filed
SELECT count(*) FROM complaint WHERE filed = 1;

-- Nothing is deleted one by one, so the last id is the number of them; retention keeps the
-- difference small and the figure says "taken in", not "kept".
-- name: view_counts_complaints
SELECT coalesce(max(id), 0) FROM complaint;

-- name: view_counts_messages
SELECT coalesce(max(id), 0) FROM message;
