-- What lists are filtered by, too: the rare kinds are few among many.
CREATE INDEX ticket_kind ON ticket (kind);

-- Every index ends with the id. Named in it, an analysed store would look for the ids of a page in
-- each number of complaints by turns.
DROP INDEX ticket_activity;
DROP INDEX ticket_live_activity;
DROP INDEX ticket_size;
CREATE INDEX ticket_activity ON ticket (last_at);
CREATE INDEX ticket_live_activity ON ticket (last_at) WHERE live = 1;
CREATE INDEX ticket_size ON ticket (complaints);
