-- What the clock does: a row is leased by one runner at a time, and gone when it is done.
CREATE TABLE job (
    id           INTEGER PRIMARY KEY,
    kind         TEXT NOT NULL CHECK (length(kind) > 0),
    ref          INTEGER NOT NULL,             -- log-witness: the message
    due_at       INTEGER NOT NULL,             -- of a leased one: when its lease ends
    attempts     INTEGER NOT NULL DEFAULT 0,   -- begun
    leased_until INTEGER,
    leased_by    TEXT,
    gave_up_at   INTEGER,
    last_error   TEXT,
    UNIQUE (kind, ref)
) STRICT;
CREATE INDEX job_due ON job (due_at) WHERE gave_up_at IS NULL;

-- What our own log said of a mail, asked by the queue ids of our lines in its trace. Kept beside the
-- incidents, which a reparse replaces: a log is not kept for long.
CREATE TABLE witness (
    message_id INTEGER NOT NULL REFERENCES message (id),
    ids        TEXT NOT NULL,                  -- the entry's first
    at         INTEGER NOT NULL,
    answer     TEXT,                           -- JSON; NULL: the log has no such id
    words      TEXT NOT NULL,                  -- the same for people
    PRIMARY KEY (message_id, ids)
) STRICT, WITHOUT ROWID;
