-- Whose it was. An address is looked up with its time and port: a lease of that time, else the
-- network's own customer (store/customer.h).
CREATE TABLE customer (
    id         INTEGER PRIMARY KEY,
    reference  TEXT NOT NULL UNIQUE,           -- the operator's own number: ticket.customer
    name       TEXT,
    email      TEXT,
    language   TEXT
) STRICT;

-- A network that somebody holds, or that has leases. The network that holds an address is found
-- among those that begin at or before it, the last first; one that ends before the address leaves
-- only those that hold both: the next seek is for what the two have in common.
CREATE TABLE network (
    first       BLOB NOT NULL CHECK (length(first) = 16),
    bits        INTEGER NOT NULL CHECK (bits BETWEEN 0 AND 128),
    id          INTEGER NOT NULL UNIQUE,
    customer_id INTEGER REFERENCES customer (id), -- NULL: only leased
    leases      INTEGER NOT NULL DEFAULT 0,    -- bits: which sizes of port ranges its leases have
    PRIMARY KEY (first, bits)
) STRICT, WITHOUT ROWID;
CREATE INDEX network_customer ON network (customer_id) WHERE customer_id IS NOT NULL;

-- Who had a network, or ports of it, from when (since) until when (not included; NULL: to this day).
-- ports: 0 is all of them, else size * 2^32 + first * 2^16 + last, size being 1 + the bits of
-- last - first: of one size, only ranges that begin less than 2^(size - 1) before a port hold it.
-- under: since of the nearest earlier lease of the same ports that ends after this one; those
-- between are over when this one is, so that the way back is short.
CREATE TABLE lease (
    network_id  INTEGER NOT NULL REFERENCES network (id),
    ports       INTEGER NOT NULL CHECK (ports >= 0),
    since       INTEGER NOT NULL,
    customer_id INTEGER NOT NULL REFERENCES customer (id),
    until       INTEGER CHECK (until > since),
    under       INTEGER CHECK (under < since),
    PRIMARY KEY (network_id, ports, since)
) STRICT, WITHOUT ROWID;
CREATE INDEX lease_customer ON lease (customer_id, since);
