-- Work that one process at a time does for all of them. The indices for it are built online (0015).

CREATE TABLE job_leases (
  job TEXT PRIMARY KEY,
  leased_until BIGINT NOT NULL
);
