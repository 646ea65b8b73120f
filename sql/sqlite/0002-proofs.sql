-- What a proof is about, which a merge or a change of the ticket's relay does not alter.
ALTER TABLE proof ADD COLUMN machine BLOB CHECK (length(machine) = 16);
ALTER TABLE proof ADD COLUMN account TEXT;
ALTER TABLE proof ADD COLUMN domain TEXT;
UPDATE proof SET (machine, account, domain) =
    (SELECT t.machine, t.account, t.domain FROM ticket t WHERE t.id = proof.ticket_id);

-- The last proof on the desk when the ticket was opened or reopened: up to it none counts here.
ALTER TABLE ticket ADD COLUMN stale_proof INTEGER;
UPDATE ticket SET stale_proof = (SELECT max(p.id) FROM proof p
    WHERE p.ticket_id = ticket.id AND p.at <= ticket.reopened_at)
WHERE reopened_at IS NOT NULL;
