-- Security codes of test tokens (contract 7.2), in a table and under a key of their own: the only codes that are kept,
-- and only those of test cards get here.
CREATE TABLE test_codes (
  lookup_id TEXT PRIMARY KEY,
  merchant_id TEXT NOT NULL,
  token TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX test_codes_by_expiry ON test_codes (expires_at);
CREATE INDEX test_codes_of_token ON test_codes (token);

-- For merchants whose known cards answer their existing token.
CREATE INDEX tokens_by_fingerprint ON tokens (merchant_id, fingerprint) WHERE fingerprint IS NOT NULL;
