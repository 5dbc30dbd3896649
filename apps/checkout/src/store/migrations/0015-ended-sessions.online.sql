-- Sessions that are over, by the time of their end: what an operator's policy removes is found by it. Installations that had
-- 0013 while these stood there have them.

CREATE INDEX IF NOT EXISTS sessions_ended_unpaid ON sessions (ended_at) WHERE payment IS NULL AND ended_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS sessions_ended_paid ON sessions (ended_at) WHERE payment IS NOT NULL;
