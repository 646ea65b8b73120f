-- Keys that the desk makes for itself, each at its first use.
CREATE TABLE secret (
    name  TEXT PRIMARY KEY,
    bytes BLOB NOT NULL CHECK (length(bytes) = 32)
) STRICT, WITHOUT ROWID;

-- Letters, as they leave.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY,
    kind       TEXT NOT NULL CHECK (length(kind) > 0),
    sender     TEXT NOT NULL,                  -- of the envelope; '' is the null sender
    recipient  TEXT NOT NULL,
    subject    TEXT NOT NULL,
    mail       BLOB NOT NULL DEFAULT x'',
    ticket_id  INTEGER,                        -- what it is about, if anything
    listing_id INTEGER,
    state      TEXT NOT NULL DEFAULT 'waiting' CHECK (state = 'waiting' OR state = 'sent' OR state = 'gave-up' OR state = 'cancelled'),
    created_at INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,               -- of a leased one: when its lease ends; else of the last change
    leased_by  TEXT,
    attempts   INTEGER NOT NULL DEFAULT 0      -- begun
) STRICT;
CREATE INDEX outbox_state ON outbox (state, due_at);
CREATE INDEX outbox_recipient ON outbox (lower(recipient), created_at);

-- One for each time sendmail was run. One that has no end: whoever ran it was killed, and the letter
-- may have left.
CREATE TABLE outbox_attempt (
    id        INTEGER PRIMARY KEY,
    outbox_id INTEGER NOT NULL REFERENCES outbox (id),
    at        INTEGER NOT NULL,
    outcome   TEXT NOT NULL CHECK (outcome = 'begun' OR outcome = 'sent' OR outcome = 'failed' OR outcome = 'refused'),
    status    INTEGER,                         -- sendmail's exit status
    said      TEXT
) STRICT;
CREATE INDEX outbox_attempt_outbox ON outbox_attempt (outbox_id, id);
