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
SELECT t.machine FROM ticket t WHERE t.live = 1 AND t.machine >= :first
UNION
SELECT g.address FROM listing g WHERE g.state <> 'closed' AND g.address >= :first;

-- name: lookup_take
UPDATE lookup SET due_at = :until, leased_by = :by
WHERE id IN (SELECT l.id FROM lookup l WHERE l.due_at > 0 AND l.due_at <= :now ORDER BY l.due_at LIMIT :limit)
RETURNING id, address, zone, hot, unknowns, cleans;

-- name: lookup_done
UPDATE lookup SET due_at = CASE WHEN kept = 1 OR hot = 1 THEN :next END, leased_by = NULL, checked_at = :now, outcome = :outcome,
    cleans = :cleans, unknowns = :unknowns
WHERE id = :id AND leased_by = :by;

-- A refusal names the list. What is not looked up yet will be: the machine has a live ticket.
-- name: lookup_hint
UPDATE lookup SET due_at = :now
WHERE address = :address AND zone = :zone AND leased_by IS NULL AND due_at > :now
    AND coalesce(checked_at, 0) <= :gap;

-- A provider's own list is never asked: due_at stays NULL.
-- name: provider_lookup
INSERT INTO lookup (address, zone, kept, hot, checked_at, outcome) VALUES (:address, :zone, 0, 0, :now, 'listed')
ON CONFLICT (address, zone) DO UPDATE SET checked_at = excluded.checked_at
RETURNING id;

-- Temporary refusals: enough of them lately, or the listing is there and not over.
-- name: provider_enough
SELECT l.id FROM lookup l
WHERE l.id = :id AND (:times <= (SELECT count(*) FROM lookup_run r WHERE r.last_at > :since
        AND r.id IN (SELECT n.id FROM lookup_run n WHERE n.lookup_id = :id ORDER BY n.id DESC LIMIT :times))
    OR EXISTS (SELECT 1 FROM listing g WHERE g.address = l.address AND g.zone = l.zone
        AND g.state <> 'watched' AND g.state <> 'closed'));

-- name: listings_silent
SELECT id, zone FROM listing
WHERE state <> 'closed' AND address >= :first AND state <> 'watched' AND last_at <= :before;

-- name: lookup_leave
UPDATE lookup SET due_at = NULL, leased_by = NULL WHERE id = :id AND leased_by = :by;

-- name: lookup_run_goes_on
UPDATE lookup_run SET last_at = :now, checks = checks + 1
WHERE id = (SELECT max(r.id) FROM lookup_run r WHERE r.lookup_id = :id) AND outcome = :outcome
    AND why IS NOT DISTINCT FROM :why AND codes IS NOT DISTINCT FROM :codes;

-- name: lookup_run_add
INSERT INTO lookup_run (lookup_id, first_at, last_at, checks, outcome, why, codes, raw, text)
VALUES (:id, :now, :now, 1, :outcome, :why, :codes, :raw, :text);

-- -- listings --

-- name: listing_by_address
SELECT id, address, zone, ticket_id, state, first_at, last_at, requested_at, delisted_at,
    watch_until, relistings, reference, promised_at
FROM listing WHERE address = :address AND zone = :zone;

-- name: listing_load
SELECT id, address, zone, ticket_id, state, first_at, last_at, requested_at, delisted_at,
    watch_until, relistings, reference, promised_at
FROM listing WHERE id = :id;

-- name: listing_add
INSERT INTO listing (address, zone, ticket_id, state, first_at, last_at)
VALUES (:address, :zone, :ticket, 'listed', :at, :at)
RETURNING id;

-- name: listing_save
UPDATE listing SET ticket_id = :ticket, state = :state, last_at = :last, requested_at = :requested,
    delisted_at = :delisted, watch_until = :watch, relistings = :relistings,
    reference = :reference, promised_at = :promised
WHERE id = :id;

-- name: listing_seen
UPDATE listing SET last_at = :at WHERE id = :id;

-- name: listing_event_add
INSERT INTO listing_event (listing_id, at, actor, from_state, to_state, text)
VALUES (:id, :at, :actor, :from, :to, :text);

-- name: listings_watched_until
SELECT id FROM listing WHERE state = 'watched' AND watch_until > 0 AND watch_until <= :now LIMIT :limit;

-- Newest first; those that are not closed, or all.
-- name: view_listings
SELECT id, address AS "address:addr", zone, state, ticket_id, first_at AS "first_at:time",
    last_at AS "last_at:time", requested_at AS "requested_at:time",
    promised_at AS "promised_at:time", delisted_at AS "delisted_at:time",
    watch_until AS "watch_until:time", relistings, reference
FROM listing WHERE id > 0 AND id < :before AND state <> 'closed'
ORDER BY id DESC LIMIT :limit;

-- name: view_listings_all
SELECT id, address AS "address:addr", zone, state, ticket_id, first_at AS "first_at:time",
    last_at AS "last_at:time", requested_at AS "requested_at:time",
    promised_at AS "promised_at:time", delisted_at AS "delisted_at:time",
    watch_until AS "watch_until:time", relistings, reference
FROM listing WHERE id > 0 AND id < :before
ORDER BY id DESC LIMIT :limit;

-- name: view_listing
SELECT g.id, g.address AS "address:addr", g.zone, g.state, g.ticket_id,
    g.first_at AS "first_at:time", g.last_at AS "last_at:time",
    g.requested_at AS "requested_at:time", g.delisted_at AS "delisted_at:time",
    g.promised_at AS "promised_at:time", g.watch_until AS "watch_until:time", g.relistings,
    g.reference, l.checked_at AS "checked_at:time",
    l.due_at AS "due_at:time", l.outcome, l.cleans, l.unknowns
FROM listing g LEFT JOIN lookup l ON l.address = g.address AND l.zone = g.zone
WHERE g.id = :id;

-- name: view_listing_events
SELECT at AS "at:time", actor, from_state, to_state, text, letter FROM listing_event
WHERE listing_id = :id ORDER BY id DESC LIMIT 200;

-- name: view_listing_runs
SELECT r.first_at AS "first_at:time", r.last_at AS "last_at:time", r.checks, r.outcome, r.why,
    r.codes, r.raw, r.text
FROM listing g JOIN lookup l ON l.address = g.address AND l.zone = g.zone
    JOIN lookup_run r ON r.lookup_id = l.id
WHERE g.id = :id ORDER BY r.id DESC LIMIT 50;
