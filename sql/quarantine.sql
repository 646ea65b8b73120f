-- What is to be cut off.

-- All of them, on purpose: a list that lacks one is wrong. by_hand is JSON, so store/quarantine.c
-- looks into it.
-- name: quarantine_tickets
SELECT id, machine, confidence, by_hand FROM ticket
WHERE state IN ('new', 'open') AND (kind = 'mail' OR kind = 'intrusion') AND machine IS NOT NULL
    AND (confidence = 'high' OR by_hand IS NOT NULL)
    AND cause <> 'unknown' AND cause <> 'forged' AND cause <> 'not-ours';
