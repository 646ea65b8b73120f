-- Role mailboxes, as they were tested last.

-- name: mailbox_test_forget
DELETE FROM mailbox_test WHERE domain = :domain;

-- name: mailbox_test_add
INSERT INTO mailbox_test (domain, mailbox, mx, address, verdict, reply, at)
VALUES (:domain, :mailbox, :mx, :address, :verdict, :reply, :at);

-- name: view_mailbox_tests
SELECT domain, mailbox, mx, address, verdict, reply, at AS "at:time" FROM mailbox_test
WHERE domain > '' ORDER BY domain, id LIMIT 5000;
