-- Counts of what each reporter sends, by format and day.

-- name: feed_add
INSERT INTO feed_day (day, reporter, format, seen, recognised, without_source)
VALUES (:day, :reporter, :format, 1, :recognised, :without_source)
ON CONFLICT (day, format, reporter) DO UPDATE SET seen = feed_day.seen + 1,
    recognised = feed_day.recognised + excluded.recognised,
    without_source = feed_day.without_source + excluded.without_source;

-- name: feed_complaint
SELECT c.received_at, c.reporter, c.format, c.incidents, EXISTS (SELECT 1 FROM incident i
    WHERE i.complaint_id = c.id AND i.source_ip IS NOT NULL)
FROM complaint c WHERE c.id = :id;

-- name: feed_remove
UPDATE feed_day SET seen = seen - 1, recognised = recognised - :recognised,
    without_source = without_source - :without_source
WHERE day = :day AND reporter = :reporter AND format = :format
RETURNING seen;

-- A day on which nothing came has no row.
-- name: feed_remove_day
DELETE FROM feed_day WHERE day = :day AND reporter = :reporter AND format = :format;

-- name: feed_days
SELECT reporter, format, day, seen, recognised, without_source FROM feed_day
WHERE day >= :since AND reporter = coalesce(:reporter, reporter)
ORDER BY day, format, reporter;

-- In two steps, since days come in the order of the key.
-- name: feed_formats
SELECT format, sum(seen), max(day)
FROM (SELECT day, format, sum(seen) AS seen FROM feed_day GROUP BY day, format) AS days
GROUP BY format;
