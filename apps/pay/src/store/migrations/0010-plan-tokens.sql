-- What the Vault has been told about a plan's token (contract 7.6): it keeps the token while the plan may need it.
-- 'asked': told, but it is not known whether that was heard.
ALTER TABLE plans ADD COLUMN token_hold TEXT NOT NULL DEFAULT 'none'
  CHECK (token_hold IN ('none', 'asked', 'held'));
CREATE INDEX plans_by_hold ON plans (token_hold, status);
