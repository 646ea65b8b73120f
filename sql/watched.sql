-- Ranges that are looked up on request.

-- name: watched_add
INSERT INTO watched (first, bits, last, at, actor) VALUES (:first, :bits, :last, :at, :actor)
ON CONFLICT (first, bits) DO NOTHING;

-- name: watched_remove
DELETE FROM watched WHERE first = :first AND bits = :bits;

-- What a relay or another range keeps, too, is kept again by the next plan. A leased one ends with
-- its answer (lookup_done).
-- name: watched_release
UPDATE lookup SET kept = 0, due_at = CASE WHEN hot = 1 OR leased_by IS NOT NULL THEN due_at END
WHERE address >= :first AND address <= :last AND kept = 1;

-- name: watched_ranges
SELECT first, bits FROM watched WHERE first >= :first ORDER BY first, bits;

-- name: view_watched
SELECT w.first AS "first:addr", w.bits, w.at AS "at:time", w.actor,
    (SELECT count(DISTINCT g.address) FROM listing g
     WHERE g.state <> 'closed' AND g.address >= w.first AND g.address <= w.last) AS listed
FROM watched w WHERE w.first >= :first ORDER BY w.first, w.bits;
