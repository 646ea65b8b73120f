-- Complaints of feedback loops that ask to be left alone.

-- name: optout_next
SELECT id, received_at FROM complaint
WHERE (received_at, id) > (:at, :id) AND format = 'arf'
    AND (feedback_type = 'abuse' OR feedback_type = 'opt-out' OR feedback_type = 'opt-out-list')
ORDER BY received_at, id LIMIT 1;

-- Whoever says abuse asks a bulk mailer to stop; of any other, it is no opt-out.
-- name: optout_incidents
SELECT c.received_at AS "date:time", t.customer, i.message_id, i.detail AS "detail:members"
FROM complaint c JOIN message m ON m.id = c.id JOIN incident i ON i.complaint_id = c.id
LEFT JOIN ticket t ON t.id = i.ticket_id
WHERE c.id = :id AND m.sealed = 0 AND i.ours = 1
    AND (i.cause = 'customer-bulk' OR c.feedback_type <> 'abuse')
    AND coalesce(:customer, t.customer, '') = coalesce(t.customer, '')
ORDER BY i.id;
