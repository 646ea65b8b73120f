-- Whether role mailboxes take mail: what came last of each hosted domain.
CREATE TABLE mailbox_test (
    id      INTEGER PRIMARY KEY,
    domain  TEXT NOT NULL,
    mailbox TEXT,             -- "postmaster@example.net"; NULL: it did not come to that
    mx      TEXT NOT NULL,
    address TEXT,
    verdict TEXT NOT NULL,
    reply   TEXT,
    at      INTEGER NOT NULL
) STRICT;
CREATE INDEX mailbox_test_domain ON mailbox_test (domain, id);
