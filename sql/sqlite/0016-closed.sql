-- Reports: tickets that were closed in a period.
CREATE INDEX ticket_closed ON ticket (resolved_at) WHERE live = 0;
