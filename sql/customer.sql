-- Customers, their networks and leases; who held an address at a time.

-- name: customer_by_reference
SELECT id, name, email, language FROM customer WHERE reference = :reference;

-- name: customer_by_id
SELECT reference, name, email, language FROM customer WHERE id = :id;

-- name: customer_add
INSERT INTO customer (reference, name, email, language)
VALUES (:reference, :name, :email, :language)
RETURNING id;

-- name: customer_update
UPDATE customer SET name = :name, email = :email, language = :language WHERE id = :id;

-- The last network that begins at an address or before it, of those with that many bits at most.
-- name: network_before
SELECT first, bits, id, customer_id, leases FROM network
WHERE (first, bits) <= (:first, :bits) ORDER BY first DESC, bits DESC LIMIT 1;

-- name: network_load
SELECT id, customer_id, leases FROM network WHERE first = :first AND bits = :bits;

-- name: network_add
INSERT INTO network (first, bits, id, customer_id)
VALUES (:first, :bits, (SELECT coalesce(max(n.id), 0) + 1 FROM network n), :customer);

-- name: network_give
UPDATE network SET customer_id = :customer WHERE first = :first AND bits = :bits;

-- name: network_mark
UPDATE network SET leases = leases | :size WHERE first = :first AND bits = :bits;

-- name: network_drop
DELETE FROM network WHERE first = :first AND bits = :bits AND leases = 0;

-- name: networks_of_customer
SELECT first, bits FROM network WHERE customer_id = :customer ORDER BY first, bits;

-- The last lease of a network's ports that began by then.
-- name: lease_before
SELECT since, customer_id, until, under FROM lease
WHERE network_id = :network AND ports = :ports AND since <= :at ORDER BY since DESC LIMIT 1;

-- name: lease_ports
SELECT ports FROM lease WHERE network_id = :network AND ports >= :least AND ports <= :most
ORDER BY ports DESC LIMIT 1;

-- name: lease_put
INSERT INTO lease (network_id, ports, since, customer_id, until, under)
VALUES (:network, :ports, :since, :customer, :until, :under)
ON CONFLICT (network_id, ports, since) DO UPDATE
SET customer_id = excluded.customer_id, until = excluded.until, under = excluded.under;

-- It now lies under those that begin while it lasts and end before it does.
-- name: lease_put_under
UPDATE lease SET under = :since
WHERE network_id = :network AND ports = :ports AND since > :since AND since < :end AND until < :end
    AND (under IS NULL OR under < :since);

-- Of a message's tickets without customer the next, its first incident's address, port and time.
-- name: customer_question
SELECT t.id, i.machine, CASE WHEN i.machine = i.source_ip THEN i.source_port END,
    CASE WHEN coalesce(i.occurred_at, i.dated_at) <= c.received_at
        THEN coalesce(i.occurred_at, i.dated_at) ELSE c.received_at END
FROM incident i JOIN complaint c ON c.id = i.complaint_id JOIN ticket t ON t.id = i.ticket_id
WHERE i.complaint_id = :message AND i.ticket_id > :ticket AND i.machine IS NOT NULL
    AND t.customer IS NULL AND (t.by_hand IS NULL OR t.by_hand NOT LIKE '%"customer"%')
ORDER BY i.ticket_id, i.n LIMIT 1;

-- name: customer_answer
UPDATE ticket SET customer = :customer
WHERE id = :ticket AND customer IS NULL
    AND (by_hand IS NULL OR by_hand NOT LIKE '%"customer"%');

-- name: view_customers
SELECT c.reference, c.name, c.email, c.language FROM customer c
WHERE c.reference > :after ORDER BY c.reference LIMIT :limit;

-- name: view_customer_leases
SELECT n.first, n.bits, l.ports, l.since, l.until
FROM lease l JOIN network n ON n.id = l.network_id
WHERE l.customer_id = :customer ORDER BY l.since DESC LIMIT 50;
