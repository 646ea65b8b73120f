-- Looking addresses up in lists, and the listings that come of it.

-- One that is there already keeps its turn, unless it has just become hot, or was to be left alone.
-- name: lookup_want
INSERT INTO lookup (address, zone, kept, hot, due_at) VALUES (:address, :zone, :kept, :hot, :now)
ON CONFLICT (address, zone) DO UPDATE SET kept = excluded.kept, hot = excluded.hot,
    due_at = CASE WHEN lookup.due_at IS NULL THEN excluded.due_at
        WHEN excluded.hot > lookup.hot AND lookup.leased_by IS NULL
        AND excluded.due_at < lookup.due_at THEN excluded.due_at ELSE lookup.due_at END
WHERE lookup.hot <> excluded.hot OR lookup.kept <> excluded.kept OR lookup.due_at IS NULL;

-- Of one that no ticket and no listing is about any more.
-- name: lookup_cool
UPDATE lookup SET hot = 0, due_at = CASE kept WHEN 1 THEN due_at ELSE NULL END
WHERE hot = 1 AND leased_by IS NULL
    AND NOT EXISTS (SELECT 1 FROM ticket t WHERE t.machine = lookup.address AND t.live = 1)
    AND NOT EXISTS (SELECT 1 FROM listing g WHERE g.address = lookup.address AND g.state <> 'closed');

-- name: lookup_machines
SELECT t.machine FROM ticket t WHERE t.live = 1 AND t.machine IS NOT NULL
UNION
SELECT g.address FROM listing g WHERE g.state <> 'closed';

-- name: lookup_take
UPDATE lookup SET due_at = :until, leased_by = :by
WHERE id IN (SELECT l.id FROM lookup l WHERE l.due_at IS NOT NULL AND l.due_at <= :now ORDER BY l.due_at LIMIT :limit)
RETURNING id, address, zone, hot, unknowns, kept;

-- name: lookup_done
UPDATE lookup SET due_at = :next, leased_by = NULL, checked_at = :now, outcome = :outcome,
    cleans = CASE :outcome WHEN 'clean' THEN cleans + 1 WHEN 'listed' THEN 0 ELSE cleans END,
    unknowns = CASE :outcome WHEN 'unknown' THEN unknowns + 1 ELSE 0 END
WHERE id = :id AND leased_by = :by
RETURNING cleans;

-- name: lookup_leave
UPDATE lookup SET due_at = NULL, leased_by = NULL WHERE id = :id AND leased_by = :by;

-- name: lookup_run_goes_on
UPDATE lookup_run SET last_at = :now, checks = checks + 1
WHERE id = (SELECT max(r.id) FROM lookup_run r WHERE r.lookup_id = :id) AND outcome = :outcome
    AND why IS NOT DISTINCT FROM :why AND codes IS NOT DISTINCT FROM :codes;

-- name: lookup_run_add
INSERT INTO lookup_run (lookup_id, first_at, last_at, checks, outcome, why, codes, raw, text)
VALUES (:id, :now, :now, 1, :outcome, :why, :codes, :raw, :text);

-- name: view_lookups
SELECT l.zone, l.checked_at AS "checked_at:time", l.due_at AS "due_at:time", l.cleans, l.unknowns,
    r.outcome, r.why, r.codes, r.raw, r.text, r.first_at AS "since:time"
FROM lookup l LEFT JOIN lookup_run r
    ON r.id = (SELECT max(n.id) FROM lookup_run n WHERE n.lookup_id = l.id)
WHERE l.address = :address ORDER BY l.zone LIMIT 200;

-- -- listings --

-- name: listing_by_address
SELECT id, address, zone, ticket_id, state, first_at, last_at, requested_at, delisted_at,
    watch_until, relistings
FROM listing WHERE address = :address AND zone = :zone;

-- name: listing_load
SELECT id, address, zone, ticket_id, state, first_at, last_at, requested_at, delisted_at,
    watch_until, relistings
FROM listing WHERE id = :id;

-- name: listing_add
INSERT INTO listing (address, zone, ticket_id, state, first_at, last_at)
VALUES (:address, :zone, :ticket, 'listed', :at, :at)
RETURNING id;

-- name: listing_save
UPDATE listing SET ticket_id = :ticket, state = :state, last_at = :last, requested_at = :requested,
    delisted_at = :delisted, watch_until = :watch, relistings = :relistings
WHERE id = :id;

-- name: listing_seen
UPDATE listing SET last_at = :at WHERE id = :id;

-- name: listing_event_add
INSERT INTO listing_event (listing_id, at, actor, from_state, to_state, text)
VALUES (:id, :at, :actor, :from, :to, :text);

-- name: listings_watched_until
SELECT id FROM listing WHERE state = 'watched' AND watch_until <= :now LIMIT :limit;
