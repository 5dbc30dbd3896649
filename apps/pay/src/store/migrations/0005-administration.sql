-- Administration of merchants: settings, keys with names, processors' credentials, cards that must not be tried again,
-- and the record of every change.

-- JSON of what is other than the default.
ALTER TABLE merchants ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

-- By this name a person revokes a key; `hint` is its end, by which its owner knows it.
ALTER TABLE merchant_keys ADD COLUMN key_id TEXT;
ALTER TABLE merchant_keys ADD COLUMN hint TEXT NOT NULL DEFAULT '';
UPDATE merchant_keys SET key_id = 'mkey_' || substr(key_hash, 1, 22);
CREATE UNIQUE INDEX merchant_keys_by_id ON merchant_keys (key_id);
CREATE INDEX merchant_keys_by_merchant ON merchant_keys (merchant_id, created_at);

-- What the merchant wanted of the checks of 8.9 when the attempt was made: JSON.
ALTER TABLE attempts ADD COLUMN checks TEXT NOT NULL DEFAULT '{}';

-- Each value sealed by itself, bound to merchant, processor and field (contract 13.1).
CREATE TABLE processor_credentials (
  merchant_id TEXT NOT NULL REFERENCES merchants (merchant_id),
  processor TEXT NOT NULL,
  field TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, processor, field)
);

-- Cards whose bank said never: `card_key` is a keyed hash of the Vault's fingerprint, or of the token.
CREATE TABLE card_blocks (
  merchant_id TEXT NOT NULL,
  card_key TEXT NOT NULL,
  attempt_id TEXT NOT NULL,
  outcome TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, card_key)
);

-- Append-only and chained: `mac` covers the record and the mac before it.
CREATE TABLE audit_records (
  sequence BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  merchant_id TEXT NOT NULL,
  object TEXT NOT NULL,
  change TEXT NOT NULL,
  address TEXT NOT NULL,
  request_id TEXT NOT NULL,
  mac TEXT NOT NULL
);
CREATE INDEX audit_records_by_merchant ON audit_records (merchant_id, sequence);
CREATE TABLE audit_head (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  sequence BIGINT NOT NULL,
  mac TEXT NOT NULL
);
INSERT INTO audit_head (id, sequence, mac) VALUES (1, 0, '');

-- only sqlite
CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit_records
  BEGIN
    SELECT RAISE(ABORT, 'audit records never change');
  END;
CREATE TRIGGER audit_never_shrinks BEFORE DELETE ON audit_records
  BEGIN
    SELECT RAISE(ABORT, 'audit records never go');
  END;
CREATE TRIGGER merchant_keys_stay_revoked BEFORE UPDATE ON merchant_keys
  WHEN OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL
  BEGIN
    SELECT RAISE(ABORT, 'a revoked key stays revoked');
  END;
-- end

-- only postgres
CREATE TRIGGER audit_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_records
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('audit records never change');
CREATE TRIGGER merchant_keys_stay_revoked BEFORE UPDATE ON merchant_keys
  FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL)
  EXECUTE FUNCTION refuse_change('a revoked key stays revoked');
-- end
