-- A booking that must not stand and has settled is given back by a refund. When it was sent: it is never sent twice.
ALTER TABLE attempts ADD COLUMN undo_refund_sent_at BIGINT;
ALTER TABLE discrepancies ADD COLUMN undo_refund_sent_at BIGINT;
