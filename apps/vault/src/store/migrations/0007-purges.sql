-- What a destroyed token leaves is found by its name, and the tokens of an old session key by the key: neither by reading
-- everything.
CREATE INDEX cvc_entries_of_token ON cvc_entries (token);
CREATE INDEX tokens_by_session ON tokens (minted_in) WHERE minted_in IS NOT NULL AND deleted_at IS NULL;
