-- What the checks of the own site found.

-- An answer that could not be had leaves the last one standing.
-- name: finding_put
INSERT INTO site_finding (kind, subject, outcome, text, since, checked_at, tried_at, trouble)
VALUES (:kind, :subject, :outcome, :text, :now, :now, :now, NULL)
ON CONFLICT (kind, subject) DO UPDATE SET outcome = excluded.outcome, text = excluded.text,
    since = CASE site_finding.outcome WHEN excluded.outcome THEN site_finding.since ELSE excluded.since END,
    told = CASE site_finding.outcome WHEN excluded.outcome THEN site_finding.told ELSE 0 END,
    checked_at = excluded.checked_at, tried_at = excluded.tried_at, trouble = NULL;

-- name: finding_put_unknown
INSERT INTO site_finding (kind, subject, outcome, text, since, checked_at, tried_at, trouble)
VALUES (:kind, :subject, 'unknown', :text, :now, :now, :now, :text)
ON CONFLICT (kind, subject) DO UPDATE SET tried_at = excluded.tried_at, trouble = excluded.trouble;

-- Of what is not ours any more.
-- name: finding_forget
DELETE FROM site_finding WHERE kind = :kind AND tried_at < :now;

-- name: finding_claim
UPDATE site_check SET begun_at = :now WHERE id = 1 AND begun_at <= :before;

-- name: finding_tell
UPDATE site_finding SET told = 1 WHERE kind > '' AND outcome = 'bad' AND told = 0;

-- name: view_findings
SELECT kind, subject, outcome, text, since AS "since:time", checked_at AS "checked_at:time",
    tried_at AS "tried_at:time", trouble, told AS "told:bool"
FROM site_finding WHERE kind > '' ORDER BY kind, subject;

-- name: finding_listings
SELECT address, zone, first_at FROM listing
WHERE address = :address AND (state = 'listed' OR state = 'expiring' OR state = 'requested' OR state = 'refused')
ORDER BY zone;

-- When a list has last said whether it has a relay: 0, never.
-- name: finding_looked
SELECT coalesce(max(checked_at), 0) FROM lookup
WHERE address = :address AND kept = 1 AND (outcome = 'clean' OR outcome = 'listed');
