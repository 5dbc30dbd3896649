-- Tokens that something needs, and tokens that have had their time (contract 7.6).

-- Who needs a token, such as a recurring plan. `tokens.holds` counts them, in the row that a deletion changes: of a hold
-- and a deletion that come together one sees the other.
CREATE TABLE token_holds (
  token TEXT NOT NULL REFERENCES tokens (token),
  holder TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (token, holder)
);
ALTER TABLE tokens ADD COLUMN holds INTEGER NOT NULL DEFAULT 0 CHECK (holds >= 0 AND (deleted_at IS NULL OR holds = 0));

-- For purging by age.
UPDATE tokens SET last_used_at = created_at WHERE deleted_at IS NULL;
CREATE INDEX tokens_by_use ON tokens (last_used_at) WHERE deleted_at IS NULL;
CREATE INDEX tokens_by_expiry ON tokens (expiration_year, expiration_month) WHERE expiration_year IS NOT NULL;
