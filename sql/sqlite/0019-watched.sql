-- Ranges that a person wants looked up, whatever happens there.
CREATE TABLE watched (
    first BLOB NOT NULL CHECK (length(first) = 16),
    bits  INTEGER NOT NULL,                    -- of 128
    last  BLOB NOT NULL CHECK (length(last) = 16),
    at    INTEGER NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (first, bits)
) STRICT, WITHOUT ROWID;
