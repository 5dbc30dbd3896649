-- Keys that rotate: every sealed row names its key, and the database keeps a key for as long as anything needs it.

ALTER TABLE wrapped_keys RENAME TO first_keys;
-- `wrapped_by` is absent where the root key wraps. `uses` counts values sealed, in blocks that are taken before use.
CREATE TABLE wrapped_keys (
  id TEXT PRIMARY KEY,
  purpose TEXT NOT NULL,
  merchant_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  wrapped_by TEXT REFERENCES wrapped_keys (id),
  wrapped BYTEA NOT NULL,
  uses BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  UNIQUE (purpose, merchant_id, version)
);
INSERT INTO wrapped_keys (id, purpose, merchant_id, version, wrapped_by, wrapped, created_at)
  SELECT purpose || ':' || merchant_id || ':' || version, purpose, merchant_id, version,
    CASE WHEN wrapped_by = 0 THEN NULL ELSE 'key-encryption::' || wrapped_by END, wrapped, created_at
  FROM first_keys;
DROP TABLE first_keys;
CREATE INDEX wrapped_keys_by_wrapper ON wrapped_keys (wrapped_by);

-- `last_used_at`: when the number last went to a processor. `purge_at`: when a token of the hosted page goes by itself.
ALTER TABLE tokens ADD COLUMN key_id TEXT REFERENCES wrapped_keys (id);
ALTER TABLE tokens ADD COLUMN last_used_at BIGINT;
ALTER TABLE tokens ADD COLUMN purge_at BIGINT;
UPDATE tokens SET key_id = 'card-data:' || merchant_id || ':1' WHERE deleted_at IS NULL;
CREATE INDEX tokens_by_key ON tokens (key_id, token);
CREATE INDEX tokens_by_customer ON tokens (merchant_id, customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX tokens_by_purge ON tokens (purge_at) WHERE purge_at IS NOT NULL;

-- When the tokens made with this session key go by themselves.
ALTER TABLE sessions ADD COLUMN tokens_purge_at BIGINT;

-- Carried from record to record under the audit key, and never shown: a log that was cut off cannot get its old one back.
ALTER TABLE audit_head ADD COLUMN seal TEXT NOT NULL DEFAULT '';

-- only sqlite
CREATE TRIGGER tokens_name_their_key BEFORE INSERT ON tokens
  WHEN NEW.sealed_number IS NOT NULL AND NEW.key_id IS NULL
  BEGIN
    SELECT RAISE(ABORT, 'a sealed number names its key');
  END;
CREATE TRIGGER tokens_keep_their_key BEFORE UPDATE ON tokens
  WHEN NEW.sealed_number IS NOT NULL AND NEW.key_id IS NULL
  BEGIN
    SELECT RAISE(ABORT, 'a sealed number names its key');
  END;
-- end

-- only postgres
CREATE TRIGGER tokens_name_their_key BEFORE INSERT OR UPDATE ON tokens
  FOR EACH ROW WHEN (NEW.sealed_number IS NOT NULL AND NEW.key_id IS NULL)
  EXECUTE FUNCTION refuse_change('a sealed number names its key');
-- end
