-- Of a relay test: it also takes mail for a mailbox that is not there.
ALTER TABLE relay_test ADD COLUMN takes_any INTEGER NOT NULL DEFAULT 0;
CREATE INDEX relay_test_address ON relay_test (address, id);
