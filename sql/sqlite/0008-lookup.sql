-- An address in a list: when it is looked up next, and what the list said last.
CREATE TABLE lookup (
    id           INTEGER PRIMARY KEY,
    address      BLOB NOT NULL CHECK (length(address) = 16),
    zone         TEXT NOT NULL,
    kept         INTEGER NOT NULL,             -- asked for as long as the configuration says so
    hot          INTEGER NOT NULL,             -- a live ticket, or a listing that is not closed
    due_at       INTEGER,                      -- of a leased one: when its lease ends; NULL: never
    leased_by    TEXT,
    checked_at   INTEGER,
    outcome      TEXT CHECK (outcome = 'clean' OR outcome = 'listed' OR outcome = 'unknown'),
    cleans       INTEGER NOT NULL DEFAULT 0,   -- since it was listed, unknown ones not counted
    unknowns     INTEGER NOT NULL DEFAULT 0,   -- in a row
    UNIQUE (address, zone)
) STRICT;
CREATE INDEX lookup_due ON lookup (due_at);
CREATE INDEX lookup_hot ON lookup (hot) WHERE hot = 1;
CREATE INDEX ticket_live_machine ON ticket (machine) WHERE live = 1 AND machine IS NOT NULL;
CREATE INDEX listing_unclosed ON listing (address) WHERE state <> 'closed';

-- What lists said: a row for each run of the same answer.
CREATE TABLE lookup_run (
    id        INTEGER PRIMARY KEY,
    lookup_id INTEGER NOT NULL REFERENCES lookup (id),
    first_at  INTEGER NOT NULL,
    last_at   INTEGER NOT NULL,
    checks    INTEGER NOT NULL,
    outcome   TEXT NOT NULL CHECK (outcome = 'clean' OR outcome = 'listed' OR outcome = 'unknown'),
    why       TEXT,                            -- of an unknown one
    codes     TEXT,                            -- of a listed one: "127.0.0.2 SBL, 127.0.0.4 XBL"
    raw       TEXT NOT NULL,                   -- the answer
    text      TEXT                             -- the list's own words
) STRICT;
CREATE INDEX lookup_run_lookup ON lookup_run (lookup_id, id);
CREATE INDEX listing_watched ON listing (watch_until) WHERE state = 'watched';

-- What was asked of the list, and when it said that it would be done.
ALTER TABLE listing ADD COLUMN reference TEXT;
ALTER TABLE listing ADD COLUMN promised_at INTEGER;
CREATE INDEX audit_listing ON audit (listing_id, id) WHERE listing_id IS NOT NULL;
