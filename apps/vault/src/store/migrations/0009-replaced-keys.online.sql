-- What a rotation has left to do, and the highest version of each purpose.
CREATE INDEX IF NOT EXISTS wrapped_keys_replaced ON wrapped_keys (id, purpose) WHERE replaced_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS wrapped_keys_in_use_by_wrapper ON wrapped_keys (wrapped_by) WHERE replaced_at IS NULL;
CREATE INDEX IF NOT EXISTS wrapped_keys_in_use_by_age ON wrapped_keys (purpose, created_at) WHERE replaced_at IS NULL;
CREATE INDEX IF NOT EXISTS wrapped_keys_by_version ON wrapped_keys (purpose, version);
