-- The full text index is merged when eight segments of a size are there, not four: fewer pages are
-- written again and left free, for a look at a few segments more.
INSERT INTO complaint_text (complaint_text, rank) VALUES ('automerge', 8);
