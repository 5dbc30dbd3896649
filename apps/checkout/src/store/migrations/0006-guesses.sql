-- Who tries which card on the page: keyed hashes, to tell nobody which detail was wrong after three declines (8.8).

ALTER TABLE charges ADD COLUMN address_hash TEXT;
ALTER TABLE charges ADD COLUMN card_hash TEXT;

CREATE INDEX charges_by_address ON charges (address_hash, ended_at) WHERE outcome = 'declined';
CREATE INDEX charges_by_card ON charges (card_hash, ended_at) WHERE outcome = 'declined';
