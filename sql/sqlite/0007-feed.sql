-- How many complaints came of each reporter, in each format, on each day (UTC, counted from 1970).
-- The day first: what comes in meets the same page all day.
CREATE TABLE feed_day (
    day            INTEGER NOT NULL,
    reporter       TEXT NOT NULL,              -- '' when unknown
    format         TEXT NOT NULL,
    seen           INTEGER NOT NULL,
    recognised     INTEGER NOT NULL,           -- of these
    without_source INTEGER NOT NULL,           -- of these
    PRIMARY KEY (day, format, reporter)
) STRICT, WITHOUT ROWID;

-- What is there already, as store/feed.c counts it.
INSERT INTO feed_day (day, reporter, format, seen, recognised, without_source)
SELECT c.received_at / 86400, coalesce(c.reporter, ''), c.format, count(*),
    sum(CASE WHEN c.format IN ('auto-reply', 'dmarc', 'tls-rpt', 'unsolicited')
        OR (c.format <> 'message' AND c.incidents > 0) THEN 1 ELSE 0 END),
    sum(CASE WHEN c.format <> 'message' AND c.incidents > 0 AND NOT EXISTS (SELECT 1 FROM incident i
        WHERE i.complaint_id = c.id AND i.source_ip IS NOT NULL) THEN 1 ELSE 0 END)
FROM complaint c GROUP BY c.received_at / 86400, coalesce(c.reporter, ''), c.format;
