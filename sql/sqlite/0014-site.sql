-- What an operator should know of his own site before the world does: the last answer of each check.
CREATE TABLE site_finding (
    kind       TEXT NOT NULL,                  -- "ptr", "spf", …
    subject    TEXT NOT NULL,                  -- what was looked at: "192.0.2.25", "example.net"
    outcome    TEXT NOT NULL CHECK (outcome = 'good' OR outcome = 'bad' OR outcome = 'unknown'),
    text       TEXT NOT NULL,
    since      INTEGER NOT NULL,               -- it is so
    checked_at INTEGER NOT NULL,               -- last time it could be told
    tried_at   INTEGER NOT NULL,
    trouble    TEXT,                           -- why it could not be told at tried_at
    told       INTEGER NOT NULL DEFAULT 0,     -- of a bad one: it has been mailed
    PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;
CREATE TABLE site_check (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    begun_at INTEGER NOT NULL                  -- so that several watchers share it
) STRICT;
INSERT INTO site_check (id, begun_at) VALUES (1, 0);
