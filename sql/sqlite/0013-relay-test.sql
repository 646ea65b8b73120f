-- An open relay test of one of our hosts.
CREATE TABLE relay_test (
    id         INTEGER PRIMARY KEY,
    ticket_id  INTEGER,
    address    BLOB NOT NULL CHECK (length(address) = 16),
    port       INTEGER NOT NULL,
    host       TEXT,                           -- what it is called
    source     BLOB CHECK (length(source) = 16), -- that it was tested from
    at         INTEGER NOT NULL,
    actor      TEXT NOT NULL,
    verdict    TEXT NOT NULL,
    why        TEXT NOT NULL,
    forms      INTEGER NOT NULL,               -- that were tried
    accepted   TEXT NOT NULL,                  -- those that were accepted, JSON
    round      INTEGER NOT NULL,               -- 0: by hand; else which re-test
    next_at    INTEGER,                        -- when a fix that rests on it is tested again
    nonce      TEXT,                           -- of the mail that was sent through it
    proof      TEXT CHECK (proof = 'waiting' OR proof = 'refused' OR proof = 'proven'),
    proven_at  INTEGER,
    message_id INTEGER,                        -- that came back
    transcript BLOB NOT NULL                   -- packed
) STRICT;
CREATE UNIQUE INDEX relay_test_nonce ON relay_test (nonce) WHERE nonce IS NOT NULL;
CREATE INDEX relay_test_due ON relay_test (next_at) WHERE next_at IS NOT NULL;
