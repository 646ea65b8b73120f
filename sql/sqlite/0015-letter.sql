-- What a list was told, when it was asked.
ALTER TABLE listing_event ADD COLUMN letter TEXT;
