-- Sessions that are over, by the time of their end: what an operator's policy removes is found by it.

CREATE INDEX sessions_ended_unpaid ON sessions (ended_at) WHERE payment IS NULL AND ended_at IS NOT NULL;
CREATE INDEX sessions_ended_paid ON sessions (ended_at) WHERE payment IS NOT NULL;

-- Work that one process at a time does for all of them.
CREATE TABLE job_leases (
  job TEXT PRIMARY KEY,
  leased_until BIGINT NOT NULL
);
