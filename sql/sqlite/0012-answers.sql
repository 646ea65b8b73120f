-- Reports: what lists answered in a period. Where a run begins is never changed.
CREATE INDEX lookup_run_began ON lookup_run (first_at);
