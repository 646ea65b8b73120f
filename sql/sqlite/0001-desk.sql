-- The desk's tables, SQLite. Times are UTC seconds; addresses are 16 bytes, IPv4 mapped
-- (::ffff:a.b.c.d), so that a network is a range of bytes. Migrations are never edited.
-- Checks say OR, not IN: for a list of three SQLite makes a table each time a row is written.

-- Shared dictionaries of evidence: a message names the one it was written with.
CREATE TABLE dictionary (
    id          INTEGER PRIMARY KEY,
    zstd_id     INTEGER NOT NULL UNIQUE,      -- the number inside the dictionary
    bytes       BLOB NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

-- Every mail that came in, once, as it came.
CREATE TABLE message (
    id            INTEGER PRIMARY KEY,
    digest        BLOB NOT NULL CHECK (length(digest) = 32),
    dictionary_id INTEGER REFERENCES dictionary (id),
    size          INTEGER NOT NULL CHECK (size >= 0),       -- of the raw mail
    sealed        INTEGER NOT NULL DEFAULT 0 CHECK (sealed IN (0, 1)),
    source        TEXT NOT NULL CHECK (source = 'lda' OR source = 'mbox' OR source = 'maildir' OR source = 'file' OR source = 'lmtp'),
    received_at   INTEGER NOT NULL,
    raw           BLOB NOT NULL                             -- zstd
) STRICT;
CREATE UNIQUE INDEX message_digest ON message (digest);

-- Whom it was delivered to: abuse@ and postmaster@ are two of these and one message.
CREATE TABLE delivery (
    message_id  INTEGER NOT NULL REFERENCES message (id),
    recipient   TEXT NOT NULL,                 -- '' when unknown
    sender      TEXT,                          -- '' is the null sender
    received_at INTEGER NOT NULL,
    PRIMARY KEY (message_id, recipient)
) STRICT, WITHOUT ROWID;

-- What the mail was. One for each message, with the message's id.
CREATE TABLE complaint (
    id              INTEGER PRIMARY KEY REFERENCES message (id),
    format          TEXT NOT NULL,
    feedback_type   TEXT,
    reporter        TEXT,                      -- domain
    authenticity    TEXT,
    authenticity_why TEXT,
    sender          TEXT,                      -- address of the outer From
    subject         TEXT,                      -- the mail's, then the reported message's
    addresses       TEXT,                      -- all that it names, for search
    words           TEXT,                      -- the reporter's own
    message_id      TEXT,
    in_reply_to     TEXT,
    dated_at        INTEGER,
    automatic       INTEGER NOT NULL CHECK (automatic IN (0, 1)),
    problems        TEXT,                      -- JSON
    incidents       INTEGER NOT NULL,
    filed           INTEGER NOT NULL CHECK (filed IN (0, 1)), -- 1: no incident is on a ticket
    filed_why       TEXT,
    machine         BLOB CHECK (length(machine) = 16),        -- of its first incident
    cause           TEXT,
    confidence      TEXT,
    category        TEXT,
    received_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX complaint_received ON complaint (received_at, id);
CREATE INDEX complaint_reporter ON complaint (reporter, received_at) WHERE authenticity = 'pass';
-- The "filed" list, in its order and by what it is filtered with.
CREATE INDEX filed_received ON complaint (received_at, id) WHERE filed = 1;
CREATE INDEX filed_reporter ON complaint (reporter) WHERE filed = 1;
CREATE INDEX filed_format ON complaint (format) WHERE filed = 1;
CREATE INDEX filed_machine ON complaint (machine) WHERE filed = 1;
CREATE INDEX filed_cause ON complaint (cause) WHERE filed = 1;
CREATE INDEX filed_category ON complaint (category) WHERE filed = 1;

-- Full text over subject, addresses and the reporter's words; the text itself stays in complaint,
-- so that erasing there erases.
CREATE VIRTUAL TABLE complaint_text USING fts5 (
    subject, addresses, words,
    content = 'complaint', content_rowid = 'id', columnsize = 0,
    tokenize = "unicode61 remove_diacritics 2"
);

CREATE TABLE ticket (
    id           INTEGER PRIMARY KEY,
    kind         TEXT NOT NULL CHECK (kind = 'mail' OR kind = 'intrusion' OR kind = 'content' OR kind = 'copyright' OR kind = 'listing'),
    state        TEXT NOT NULL CHECK (state = 'new' OR state = 'open' OR state = 'contained' OR state = 'fixed' OR state = 'delisting' OR state = 'resolved' OR state = 'rejected'),
    live         INTEGER NOT NULL GENERATED ALWAYS AS
                 (CASE WHEN state IN ('resolved', 'rejected') THEN 0 ELSE 1 END) STORED,
    key          TEXT,                         -- kind + account, machine or domain; NULL: split off
    machine      BLOB CHECK (length(machine) = 16),
    account      TEXT,
    domain       TEXT,
    title        TEXT,
    cause        TEXT NOT NULL,
    confidence   TEXT NOT NULL CHECK (confidence = 'low' OR confidence = 'medium' OR confidence = 'high'),
    category     TEXT,
    customer     TEXT,
    assignee     TEXT,
    resolution   TEXT,
    reason       TEXT,
    by_hand      TEXT,                         -- JSON {member: actor}
    opened_at    INTEGER NOT NULL,
    contained_at INTEGER,
    fixed_at     INTEGER,
    resolved_at  INTEGER,
    watch_until  INTEGER,
    reopened_at  INTEGER,                      -- proofs from before it no longer count
    first_at     INTEGER,                      -- earliest event
    last_at      INTEGER NOT NULL,             -- latest complaint, or the opening
    event_at     INTEGER,                      -- latest credible event: ends a quiet period
    complaints   INTEGER NOT NULL DEFAULT 0,
    incidents    INTEGER NOT NULL DEFAULT 0,
    reopened     INTEGER NOT NULL DEFAULT 0,
    formats      INTEGER NOT NULL DEFAULT 0,   -- bits, one for each format it was reported in
    merged_into  INTEGER REFERENCES ticket (id),
    CHECK ((state = 'resolved') = (resolution IS NOT NULL)),
    CHECK ((state = 'rejected') = (reason IS NOT NULL))
) STRICT;
-- One live ticket for a key: the rule that concurrent deliveries meet.
CREATE UNIQUE INDEX ticket_key ON ticket (key) WHERE live = 1;
CREATE INDEX ticket_closed_key ON ticket (key, resolved_at) WHERE live = 0;
-- Sort orders of the lists.
CREATE INDEX ticket_activity ON ticket (last_at, id);
CREATE INDEX ticket_live_activity ON ticket (last_at, id) WHERE live = 1;
CREATE INDEX ticket_size ON ticket (complaints, id);
-- What lists are filtered by; filter.c takes the one that leaves least.
CREATE INDEX ticket_state ON ticket (state);
CREATE INDEX ticket_cause ON ticket (cause);
CREATE INDEX ticket_category ON ticket (category) WHERE category IS NOT NULL;
CREATE INDEX ticket_account ON ticket (account) WHERE account IS NOT NULL;
CREATE INDEX ticket_customer ON ticket (customer) WHERE customer IS NOT NULL;
CREATE INDEX ticket_assignee ON ticket (assignee) WHERE assignee IS NOT NULL;
CREATE INDEX ticket_merged ON ticket (merged_into) WHERE merged_into IS NOT NULL;

-- The machines and the reporters of a ticket: one row each, however many incidents.
CREATE TABLE ticket_relay (
    ticket_id INTEGER NOT NULL REFERENCES ticket (id),
    machine   BLOB NOT NULL CHECK (length(machine) = 16),
    PRIMARY KEY (ticket_id, machine)
) STRICT, WITHOUT ROWID;
CREATE INDEX relay_tickets ON ticket_relay (machine, ticket_id);
CREATE TABLE ticket_reporter (
    ticket_id INTEGER NOT NULL REFERENCES ticket (id),
    reporter  TEXT NOT NULL,
    PRIMARY KEY (ticket_id, reporter)
) STRICT, WITHOUT ROWID;
CREATE INDEX reporter_tickets ON ticket_reporter (reporter, ticket_id);

-- One abusive event.
CREATE TABLE incident (
    id            INTEGER PRIMARY KEY,
    complaint_id  INTEGER NOT NULL REFERENCES complaint (id),
    ticket_id     INTEGER REFERENCES ticket (id),           -- NULL: filed
    n             INTEGER NOT NULL,                          -- place in its complaint
    filed_why     TEXT,
    occurred_at   INTEGER,
    type          TEXT NOT NULL,
    count         INTEGER NOT NULL CHECK (count > 0),
    machine       BLOB CHECK (length(machine) = 16),         -- exit_ip, else source_ip
    source_ip     BLOB CHECK (length(source_ip) = 16),
    source_port   INTEGER,
    relay_ip      BLOB CHECK (length(relay_ip) = 16),
    exit_ip       BLOB CHECK (length(exit_ip) = 16),
    origin_ip     BLOB CHECK (length(origin_ip) = 16),
    claimed_ip    BLOB CHECK (length(claimed_ip) = 16),
    claim         TEXT,
    account       TEXT,
    script        TEXT,
    ours          INTEGER NOT NULL CHECK (ours IN (0, 1)),
    cause         TEXT NOT NULL,
    confidence    TEXT NOT NULL CHECK (confidence = 'low' OR confidence = 'medium' OR confidence = 'high'),
    category      TEXT,
    domain        TEXT,
    blocked_by    TEXT,
    message_id    TEXT,                                      -- of the reported message, and below
    subject       TEXT,
    dated_at      INTEGER,
    has_evidence  INTEGER NOT NULL CHECK (has_evidence IN (0, 1)),
    pasted        INTEGER NOT NULL CHECK (pasted IN (0, 1)),
    credible      INTEGER NOT NULL CHECK (credible IN (0, 1)), -- may reopen a ticket
    -- JSON, packed as a mail is, of what is only read whole: causes, urls, hops, category_why, from,
    -- rcpt. They repeat each other, so that together they take half.
    detail        BLOB
) STRICT;
CREATE INDEX incident_complaint ON incident (complaint_id);
CREATE INDEX incident_ticket ON incident (ticket_id, id) WHERE ticket_id IS NOT NULL;

CREATE TABLE note (
    id        INTEGER PRIMARY KEY,
    ticket_id INTEGER NOT NULL REFERENCES ticket (id),
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    text      TEXT NOT NULL
) STRICT;
CREATE INDEX note_ticket ON note (ticket_id, id);

-- What shows that a cause is gone.
CREATE TABLE proof (
    id        INTEGER PRIMARY KEY,
    ticket_id INTEGER NOT NULL REFERENCES ticket (id),
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    kind      TEXT NOT NULL CHECK (kind = 'relay-test' OR kind = 'account-locked' OR kind = 'quiet-period' OR kind = 'statement'),
    text      TEXT NOT NULL
) STRICT;
CREATE INDEX proof_ticket ON proof (ticket_id, id);

-- An address on a list (a DNS zone, or a provider's own).
CREATE TABLE listing (
    id           INTEGER PRIMARY KEY,
    address      BLOB NOT NULL CHECK (length(address) = 16),
    zone         TEXT NOT NULL,
    ticket_id    INTEGER REFERENCES ticket (id),
    state        TEXT NOT NULL CHECK (state = 'listed' OR state = 'expiring' OR state = 'requested' OR state = 'refused' OR state = 'accepted' OR state = 'delisted' OR state = 'watched' OR state = 'closed'),
    first_at     INTEGER NOT NULL,
    last_at      INTEGER NOT NULL,
    requested_at INTEGER,
    delisted_at  INTEGER,
    watch_until  INTEGER,
    relistings   INTEGER NOT NULL DEFAULT 0,
    UNIQUE (address, zone)
) STRICT;
CREATE INDEX listing_ticket ON listing (ticket_id, id) WHERE ticket_id IS NOT NULL;
CREATE TABLE listing_event (
    id         INTEGER PRIMARY KEY,
    listing_id INTEGER NOT NULL REFERENCES listing (id),
    at         INTEGER NOT NULL,
    actor      TEXT NOT NULL,
    from_state TEXT,
    to_state   TEXT NOT NULL,
    text       TEXT
) STRICT;
CREATE INDEX listing_event_listing ON listing_event (listing_id, id);

-- Who did what, in the transaction of the deed; only ever added to.
CREATE TABLE audit (
    id         INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    actor      TEXT NOT NULL,
    deed       TEXT NOT NULL,
    ticket_id  INTEGER REFERENCES ticket (id),
    listing_id INTEGER REFERENCES listing (id),
    message_id INTEGER REFERENCES message (id),
    detail     TEXT                            -- JSON
) STRICT;
CREATE INDEX audit_ticket ON audit (ticket_id, id) WHERE ticket_id IS NOT NULL;
CREATE TRIGGER audit_keep_rows BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_keep_words BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

-- What an undo needs: the ticket's row as it was, and the rows that moved.
CREATE TABLE undo (
    audit_id  INTEGER PRIMARY KEY REFERENCES audit (id),
    ticket_id INTEGER NOT NULL REFERENCES ticket (id),
    other_id  INTEGER REFERENCES ticket (id),  -- the other side of a merge or split
    words     TEXT NOT NULL,                   -- "moved new to open"
    before    TEXT NOT NULL,                   -- JSON: members as they were
    after     TEXT NOT NULL,                   -- JSON: as the deed left them
    undone_by INTEGER REFERENCES audit (id)
) STRICT;
CREATE INDEX undo_ticket ON undo (ticket_id, audit_id) WHERE undone_by IS NULL;
CREATE INDEX undo_other ON undo (other_id, audit_id) WHERE undone_by IS NULL;
CREATE TABLE undo_row (
    audit_id INTEGER NOT NULL REFERENCES undo (audit_id),
    what     TEXT NOT NULL CHECK (what = 'incident' OR what = 'note' OR what = 'proof' OR what = 'listing'),
    row_id   INTEGER NOT NULL,
    PRIMARY KEY (audit_id, what, row_id)
) STRICT, WITHOUT ROWID;
