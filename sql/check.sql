-- Is the store whole? Each row a statement gives is one thing wrong, in words.

-- name: check_ticket_counts
SELECT 'ticket ' || t.id || ' counts ' || t.incidents || ' incidents, has ' || count(i.id)
FROM ticket t LEFT JOIN incident i ON i.ticket_id = t.id
GROUP BY t.id, t.incidents HAVING t.incidents <> count(i.id);

-- name: check_ticket_complaints
SELECT 'ticket ' || t.id || ' counts ' || t.complaints || ' complaints, has '
    || count(DISTINCT i.complaint_id)
FROM ticket t LEFT JOIN incident i ON i.ticket_id = t.id
GROUP BY t.id, t.complaints HAVING t.complaints <> count(DISTINCT i.complaint_id);

-- name: check_filed
SELECT 'complaint ' || c.id || ' is wrongly ' || CASE c.filed WHEN 1 THEN 'filed' ELSE 'not filed' END
FROM complaint c
WHERE c.filed <> CASE WHEN EXISTS (SELECT 1 FROM incident i
    WHERE i.complaint_id = c.id AND i.ticket_id IS NOT NULL) THEN 0 ELSE 1 END;

-- name: check_complaint_incidents
SELECT 'complaint ' || c.id || ' counts ' || c.incidents || ' incidents, has ' || count(i.id)
FROM complaint c LEFT JOIN incident i ON i.complaint_id = c.id
GROUP BY c.id, c.incidents HAVING c.incidents <> count(i.id);

-- name: check_messages
SELECT 'message ' || m.id || ' has no complaint'
FROM message m LEFT JOIN complaint c ON c.id = m.id WHERE c.id IS NULL;

-- name: check_deliveries
SELECT 'message ' || m.id || ' was delivered to nobody'
FROM message m LEFT JOIN delivery d ON d.message_id = m.id WHERE d.message_id IS NULL;

-- name: check_relays
SELECT 'ticket ' || i.ticket_id || ' does not know a machine of incident ' || i.id
FROM incident i LEFT JOIN ticket_relay r ON r.ticket_id = i.ticket_id AND r.machine = i.machine
WHERE i.ticket_id IS NOT NULL AND i.machine IS NOT NULL AND r.ticket_id IS NULL;

-- name: check_reporters
SELECT DISTINCT 'ticket ' || i.ticket_id || ' does not know the reporter of complaint ' || c.id
FROM incident i JOIN complaint c ON c.id = i.complaint_id
LEFT JOIN ticket_reporter r ON r.ticket_id = i.ticket_id AND r.reporter = c.reporter
WHERE i.ticket_id IS NOT NULL AND c.reporter IS NOT NULL AND r.ticket_id IS NULL;

-- name: check_merged
SELECT 'ticket ' || t.id || ' is merged but ' || t.state
FROM ticket t WHERE t.merged_into IS NOT NULL AND t.state <> 'rejected';

-- name: check_keys
SELECT 'two live tickets have the key ' || key
FROM ticket WHERE live = 1 AND key IS NOT NULL GROUP BY key HAVING count(*) > 1;

-- name: check_first_machine
SELECT 'complaint ' || c.id || ' names another machine than its first incident'
FROM complaint c JOIN incident i ON i.complaint_id = c.id AND i.n = 0
WHERE c.machine IS DISTINCT FROM i.machine;

-- name: check_feed
SELECT 'day ' || day || ' miscounts what came of ' || reporter || ' as ' || format
FROM (SELECT day, reporter, format, seen, recognised, without_source FROM feed_day
    UNION ALL
    SELECT c.received_at / 86400, coalesce(c.reporter, ''), c.format, -1,
        CASE WHEN c.format IN ('auto-reply', 'dmarc', 'tls-rpt', 'unsolicited')
            OR (c.format <> 'message' AND c.incidents > 0) THEN -1 ELSE 0 END,
        CASE WHEN c.format <> 'message' AND c.incidents > 0 AND NOT EXISTS (SELECT 1 FROM incident i
            WHERE i.complaint_id = c.id AND i.source_ip IS NOT NULL) THEN -1 ELSE 0 END
    FROM complaint c) AS counted
GROUP BY day, reporter, format
HAVING sum(seen) <> 0 OR sum(recognised) <> 0 OR sum(without_source) <> 0;
