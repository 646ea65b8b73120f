-- Reports: of the listings that are over, those that ended since a time.
CREATE INDEX listing_ended ON listing (delisted_at) WHERE state = 'closed';
