-- "Not found" answers about the refund that undoes a booking: when there are enough of them it was never booked, and is
-- sent again.
ALTER TABLE attempts ADD COLUMN undo_misses INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attempts ADD COLUMN undo_missed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE discrepancies ADD COLUMN undo_misses INTEGER NOT NULL DEFAULT 0;
ALTER TABLE discrepancies ADD COLUMN undo_missed_at BIGINT NOT NULL DEFAULT 0;
