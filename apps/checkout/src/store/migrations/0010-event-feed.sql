-- One feed of events for each merchant, numbered without gaps, and the webhooks that carry them (contract 14.1, 14.2).

-- Written in the commit of the change they report, or taken over from Pay; numbered after it, one turn after the other.
CREATE TABLE feed (
-- only sqlite
  ordinal INTEGER PRIMARY KEY,
-- end
-- only postgres
  ordinal BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
-- end
  id TEXT NOT NULL UNIQUE,
  merchant_id TEXT NOT NULL,
  type TEXT NOT NULL,
  -- One event of a type for each.
  subject TEXT NOT NULL,
  -- Events of one object are delivered in their order.
  object TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  -- NULL until it has its place in the feed; 0: sent to try an endpoint, and in nobody's feed.
  sequence BIGINT CHECK (sequence >= 0),
  UNIQUE (type, subject)
);
INSERT INTO feed (id, merchant_id, type, subject, object, body, created_at)
  SELECT id, merchant_id, type, COALESCE(session_id, payment_link_id), COALESCE(session_id, payment_link_id), body,
    created_at FROM events ORDER BY created_at;
DROP TABLE events;
ALTER TABLE feed RENAME TO events;

CREATE UNIQUE INDEX events_by_sequence ON events (merchant_id, sequence) WHERE sequence > 0;
CREATE INDEX events_waiting ON events (ordinal) WHERE sequence IS NULL;
CREATE INDEX events_by_age ON events (created_at);

CREATE TABLE event_feeds (
  merchant_id TEXT PRIMARY KEY,
  -- Outlives the events themselves.
  last_sequence BIGINT NOT NULL
);

-- Whoever numbers holds this row until its commit, so that numbers become visible in their order.
CREATE TABLE event_turns (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  turns BIGINT NOT NULL
);
INSERT INTO event_turns (id, turns) VALUES (1, 0);

CREATE TABLE webhook_endpoints (
  id TEXT PRIMARY KEY,
  merchant_id TEXT NOT NULL,
  slot INTEGER NOT NULL CHECK (slot BETWEEN 1 AND 10),
  url TEXT NOT NULL,
  description TEXT,
  -- Between single blanks, and a blank at both ends; or `*`.
  event_types TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('enabled', 'disabled')),
  disabled_reason TEXT,
  sealed_secret TEXT NOT NULL,
  -- JSON: those before, with the time until which they sign too.
  retired_secrets TEXT NOT NULL,
  -- Of the first failure since the last success.
  failing_since BIGINT,
  -- Who is delivering to it, and until when nobody else is.
  lease TEXT,
  leased_until BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (merchant_id, slot)
);
CREATE INDEX webhook_endpoints_failing ON webhook_endpoints (failing_since) WHERE status = 'enabled';

CREATE TABLE webhook_deliveries (
-- only sqlite
  ordinal INTEGER PRIMARY KEY,
-- end
-- only postgres
  ordinal BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
-- end
  event_id TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
  endpoint_id TEXT NOT NULL REFERENCES webhook_endpoints (id) ON DELETE CASCADE,
  object TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
  tries INTEGER NOT NULL CHECK (tries >= 0),
  next_try_at BIGINT NOT NULL,
  -- JSON: what became of the last tries.
  log TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (event_id, endpoint_id)
);
CREATE INDEX webhook_deliveries_of_endpoint ON webhook_deliveries (endpoint_id, ordinal);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_try_at, sequence) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (endpoint_id, object) WHERE state = 'pending';
