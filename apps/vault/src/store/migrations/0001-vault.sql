-- The Vault's tables. Card numbers and account numbers are ciphertext; a security code is ciphertext without its key.

-- Root-wrapped key-encryption keys, and the keys they wrap (contract 13.1).
CREATE TABLE wrapped_keys (
  purpose TEXT NOT NULL,
  merchant_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  wrapped_by INTEGER NOT NULL,
  wrapped BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (purpose, merchant_id, version)
);

CREATE TABLE projects (
  merchant_id TEXT PRIMARY KEY,
  id TEXT NOT NULL UNIQUE
);

CREATE TABLE applications (
  id TEXT PRIMARY KEY,
  merchant_id TEXT NOT NULL REFERENCES projects (merchant_id),
  name TEXT NOT NULL,
  key_hash TEXT NOT NULL UNIQUE,
  pub_key TEXT NOT NULL UNIQUE,
  tokenization INTEGER NOT NULL,
  provisioning INTEGER NOT NULL,
  detokenization INTEGER NOT NULL,
  destinations TEXT NOT NULL,
  origins TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  revoked_at BIGINT
);

-- Session keys of browsers. `use_limit` and `proxy_limit` absent: no cap.
CREATE TABLE sessions (
  key_hash TEXT PRIMARY KEY,
  merchant_id TEXT NOT NULL,
  minted_by TEXT NOT NULL,
  session_id TEXT,
  use_limit INTEGER,
  uses INTEGER NOT NULL DEFAULT 0,
  proxy_limit INTEGER,
  proxy_calls INTEGER NOT NULL DEFAULT 0,
  refused_cards INTEGER NOT NULL DEFAULT 0,
  order_id TEXT,
  customer_id TEXT,
  cart_id TEXT,
  metadata TEXT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT,
  CHECK (use_limit IS NULL OR uses <= use_limit),
  CHECK (proxy_limit IS NULL OR proxy_calls <= proxy_limit)
);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- A deleted token keeps its name only, so that deleting it again is no surprise.
CREATE TABLE tokens (
  token TEXT PRIMARY KEY,
  merchant_id TEXT NOT NULL,
  type TEXT NOT NULL CHECK (type IN ('card', 'bank')),
  sealed_number BYTEA,
  sealed_holder BYTEA,
  fingerprint TEXT,
  mask TEXT,
  bin TEXT,
  last4 TEXT,
  brand TEXT,
  funding TEXT,
  country TEXT,
  expiration_month TEXT,
  expiration_year TEXT,
  routing_number TEXT,
  account_type TEXT,
  minted_in TEXT,
  session_id TEXT,
  order_id TEXT,
  customer_id TEXT,
  cart_id TEXT,
  created_at BIGINT NOT NULL,
  deleted_at BIGINT,
  CHECK ((deleted_at IS NULL) = (sealed_number IS NOT NULL)),
  CHECK (deleted_at IS NULL OR (sealed_holder IS NULL AND fingerprint IS NULL AND mask IS NULL AND customer_id IS NULL))
);
CREATE INDEX tokens_in_order ON tokens (merchant_id, created_at, token);

-- `lookup_id` and the key of `sealed` both come from the handle, which is not kept anywhere (contract 13.3).
CREATE TABLE cvc_entries (
  lookup_id TEXT PRIMARY KEY,
  merchant_id TEXT NOT NULL,
  token TEXT NOT NULL,
  sealed BYTEA NOT NULL,
  expires_at BIGINT NOT NULL,
  lease_id TEXT
);
CREATE INDEX cvc_entries_by_expiry ON cvc_entries (expires_at);
CREATE INDEX cvc_entries_by_lease ON cvc_entries (lease_id) WHERE lease_id IS NOT NULL;

-- Append-only and chained: `mac` covers the record and the mac before it (contract 13.2).
CREATE TABLE audit_records (
  sequence BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  merchant_id TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  object TEXT NOT NULL,
  outcome TEXT NOT NULL,
  address TEXT NOT NULL,
  request_id TEXT NOT NULL,
  mac TEXT NOT NULL
);
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
CREATE TRIGGER sessions_stay_revoked BEFORE UPDATE ON sessions
  WHEN OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL
  BEGIN
    SELECT RAISE(ABORT, 'a revoked session stays revoked');
  END;
CREATE TRIGGER tokens_stay_deleted BEFORE UPDATE ON tokens
  WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL
  BEGIN
    SELECT RAISE(ABORT, 'a deleted token stays deleted');
  END;
-- end

-- only postgres
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0];
  END
  $$;
CREATE TRIGGER audit_never_changes BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_records
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('audit records never change');
CREATE TRIGGER sessions_stay_revoked BEFORE UPDATE ON sessions
  FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS NULL)
  EXECUTE FUNCTION refuse_change('a revoked session stays revoked');
CREATE TRIGGER tokens_stay_deleted BEFORE UPDATE ON tokens
  FOR EACH ROW WHEN (OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL)
  EXECUTE FUNCTION refuse_change('a deleted token stays deleted');
-- end
