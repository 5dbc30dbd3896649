-- Turns every key of Checkout's tables into one that carries the merchant, so that they can be distributed by merchant
-- (docs/decisions/0030-beyond-one-machine.md). Ordinary PostgreSQL; the programs run as they are before and after it.
--
--   psql "$CHECKOUT_DATABASE_URL" -v ON_ERROR_STOP=1 -f deploy/postgres/checkout-by-merchant.sql
--
-- While the programs run: every process has migration 0014 and nothing older is left. Indices are built beside the old ones
-- (room for both is needed), and the exchange at the end holds all tables for as long as it takes to change names. Past a
-- pooler that shares connections. Stopped at any point it can be run again from the beginning.

SET client_min_messages = warning;
SET statement_timeout = 0;
SET lock_timeout = 0;

-- 1. Rows from before say whose they are. A bounded number in a commit; what somebody else holds is for the next turn.

DROP INDEX CONCURRENTLY IF EXISTS page_credentials_of_nobody;
CREATE INDEX CONCURRENTLY page_credentials_of_nobody ON page_credentials (hash) WHERE merchant_id IS NULL;
DO $$
BEGIN
  LOOP
    UPDATE page_credentials SET merchant_id = sessions.merchant_id FROM sessions
      WHERE sessions.id = page_credentials.session_id AND page_credentials.hash = ANY (ARRAY(
        SELECT hash FROM page_credentials WHERE merchant_id IS NULL LIMIT 1000 FOR UPDATE SKIP LOCKED));
    IF NOT FOUND THEN
      EXIT WHEN NOT EXISTS (SELECT FROM page_credentials WHERE merchant_id IS NULL);
      PERFORM pg_sleep(0.01);
    END IF;
    COMMIT;
  END LOOP;
END $$;
DROP INDEX CONCURRENTLY page_credentials_of_nobody;

DROP INDEX CONCURRENTLY IF EXISTS webhook_deliveries_of_nobody;
CREATE INDEX CONCURRENTLY webhook_deliveries_of_nobody ON webhook_deliveries (ordinal) WHERE merchant_id IS NULL;
DO $$
BEGIN
  LOOP
    UPDATE webhook_deliveries SET merchant_id = events.merchant_id FROM events
      WHERE events.id = webhook_deliveries.event_id AND webhook_deliveries.ordinal = ANY (ARRAY(
        SELECT ordinal FROM webhook_deliveries WHERE merchant_id IS NULL LIMIT 1000 FOR UPDATE SKIP LOCKED));
    IF NOT FOUND THEN
      EXIT WHEN NOT EXISTS (SELECT FROM webhook_deliveries WHERE merchant_id IS NULL);
      PERFORM pg_sleep(0.01);
    END IF;
    COMMIT;
  END LOOP;
END $$;
DROP INDEX CONCURRENTLY webhook_deliveries_of_nobody;

-- Fails where an older process still writes. Looked through here, so that the exchange need not.
SET lock_timeout = '2s';
ALTER TABLE page_credentials DROP CONSTRAINT IF EXISTS page_credentials_have_merchant,
  ADD CONSTRAINT page_credentials_have_merchant CHECK (merchant_id IS NOT NULL) NOT VALID;
ALTER TABLE page_credentials VALIDATE CONSTRAINT page_credentials_have_merchant;
ALTER TABLE webhook_deliveries DROP CONSTRAINT IF EXISTS webhook_deliveries_have_merchant,
  ADD CONSTRAINT webhook_deliveries_have_merchant CHECK (merchant_id IS NOT NULL) NOT VALID;
ALTER TABLE webhook_deliveries VALIDATE CONSTRAINT webhook_deliveries_have_merchant;
SET lock_timeout = 0;

-- 2. The new keys. What is looked up stays in front, so that a statement that knows an id and no merchant finds its row.

DROP INDEX CONCURRENTLY IF EXISTS sessions_new_pkey;
CREATE UNIQUE INDEX CONCURRENTLY sessions_new_pkey ON sessions (id, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS charges_new_pkey;
CREATE UNIQUE INDEX CONCURRENTLY charges_new_pkey ON charges (id, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS charges_new_attempt;
CREATE UNIQUE INDEX CONCURRENTLY charges_new_attempt ON charges (session_id, attempt_key, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS charges_new_live;
CREATE UNIQUE INDEX CONCURRENTLY charges_new_live ON charges (session_id, merchant_id)
  WHERE outcome IN ('open', 'approved');
DROP INDEX CONCURRENTLY IF EXISTS page_credentials_new_pkey;
CREATE UNIQUE INDEX CONCURRENTLY page_credentials_new_pkey ON page_credentials (hash, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS payment_links_new_pkey;
CREATE UNIQUE INDEX CONCURRENTLY payment_links_new_pkey ON payment_links (id, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS events_new_pkey;
CREATE UNIQUE INDEX CONCURRENTLY events_new_pkey ON events (ordinal, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS events_new_id;
CREATE UNIQUE INDEX CONCURRENTLY events_new_id ON events (id, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS events_new_subject;
CREATE UNIQUE INDEX CONCURRENTLY events_new_subject ON events (type, subject, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS webhook_endpoints_new_pkey;
CREATE UNIQUE INDEX CONCURRENTLY webhook_endpoints_new_pkey ON webhook_endpoints (id, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS webhook_deliveries_new_pkey;
CREATE UNIQUE INDEX CONCURRENTLY webhook_deliveries_new_pkey ON webhook_deliveries (ordinal, merchant_id);
DROP INDEX CONCURRENTLY IF EXISTS webhook_deliveries_new_event;
CREATE UNIQUE INDEX CONCURRENTLY webhook_deliveries_new_event ON webhook_deliveries (event_id, endpoint_id, merchant_id);

-- 3. The exchange, in one commit: no moment without a guard.

BEGIN;
SET LOCAL lock_timeout = '500ms';
-- Whoever comes meanwhile waits behind us; so we wait for nobody for long, and let all of them through in between.
DO $$
BEGIN
  FOR attempt IN 1..100 LOOP
    BEGIN
      LOCK TABLE sessions, charges, page_credentials, payment_links, events, webhook_endpoints, webhook_deliveries;
      RETURN;
    EXCEPTION WHEN lock_not_available THEN PERFORM pg_sleep(0.5);
    END;
  END LOOP;
  RAISE EXCEPTION 'some transaction does not end: run it again';
END $$;

ALTER TABLE sessions DROP CONSTRAINT sessions_payment_link_id_fkey;
ALTER TABLE charges DROP CONSTRAINT charges_session_id_fkey;
ALTER TABLE page_credentials DROP CONSTRAINT page_credentials_session_id_fkey;
ALTER TABLE webhook_deliveries DROP CONSTRAINT webhook_deliveries_event_id_fkey;
ALTER TABLE webhook_deliveries DROP CONSTRAINT webhook_deliveries_endpoint_id_fkey;

ALTER TABLE page_credentials ALTER COLUMN merchant_id SET NOT NULL, DROP CONSTRAINT page_credentials_have_merchant;
ALTER TABLE webhook_deliveries ALTER COLUMN merchant_id SET NOT NULL, DROP CONSTRAINT webhook_deliveries_have_merchant;

ALTER TABLE sessions DROP CONSTRAINT sessions_pkey,
  ADD CONSTRAINT sessions_pkey PRIMARY KEY USING INDEX sessions_new_pkey;
ALTER TABLE charges DROP CONSTRAINT charges_pkey, DROP CONSTRAINT charges_session_id_attempt_key_key,
  ADD CONSTRAINT charges_pkey PRIMARY KEY USING INDEX charges_new_pkey,
  ADD CONSTRAINT charges_session_id_attempt_key_key UNIQUE USING INDEX charges_new_attempt;
DROP INDEX charges_live;
ALTER INDEX charges_new_live RENAME TO charges_live;
ALTER TABLE page_credentials DROP CONSTRAINT page_credentials_pkey,
  ADD CONSTRAINT page_credentials_pkey PRIMARY KEY USING INDEX page_credentials_new_pkey;
ALTER TABLE payment_links DROP CONSTRAINT payment_links_pkey,
  ADD CONSTRAINT payment_links_pkey PRIMARY KEY USING INDEX payment_links_new_pkey;
ALTER TABLE events DROP CONSTRAINT feed_pkey, DROP CONSTRAINT feed_id_key, DROP CONSTRAINT feed_type_subject_key,
  ADD CONSTRAINT feed_pkey PRIMARY KEY USING INDEX events_new_pkey,
  ADD CONSTRAINT feed_id_key UNIQUE USING INDEX events_new_id,
  ADD CONSTRAINT feed_type_subject_key UNIQUE USING INDEX events_new_subject;
ALTER TABLE webhook_endpoints DROP CONSTRAINT webhook_endpoints_pkey,
  ADD CONSTRAINT webhook_endpoints_pkey PRIMARY KEY USING INDEX webhook_endpoints_new_pkey;
ALTER TABLE webhook_deliveries DROP CONSTRAINT webhook_deliveries_pkey,
  DROP CONSTRAINT webhook_deliveries_event_id_endpoint_id_key,
  ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY USING INDEX webhook_deliveries_new_pkey,
  ADD CONSTRAINT webhook_deliveries_event_id_endpoint_id_key UNIQUE USING INDEX webhook_deliveries_new_event;

-- Of the merchant, too: a row cannot name another merchant's. What is written from now on is held to them.
ALTER TABLE sessions ADD CONSTRAINT sessions_payment_link_id_fkey
  FOREIGN KEY (payment_link_id, merchant_id) REFERENCES payment_links (id, merchant_id) NOT VALID;
ALTER TABLE charges ADD CONSTRAINT charges_session_id_fkey
  FOREIGN KEY (session_id, merchant_id) REFERENCES sessions (id, merchant_id) NOT VALID;
ALTER TABLE page_credentials ADD CONSTRAINT page_credentials_session_id_fkey
  FOREIGN KEY (session_id, merchant_id) REFERENCES sessions (id, merchant_id) NOT VALID;
ALTER TABLE webhook_deliveries ADD CONSTRAINT webhook_deliveries_event_id_fkey
  FOREIGN KEY (event_id, merchant_id) REFERENCES events (id, merchant_id) ON DELETE CASCADE NOT VALID;
ALTER TABLE webhook_deliveries ADD CONSTRAINT webhook_deliveries_endpoint_id_fkey
  FOREIGN KEY (endpoint_id, merchant_id) REFERENCES webhook_endpoints (id, merchant_id) ON DELETE CASCADE NOT VALID;
COMMIT;

-- 4. What was written before is held to them, too, while the programs go on.

ALTER TABLE sessions VALIDATE CONSTRAINT sessions_payment_link_id_fkey;
ALTER TABLE charges VALIDATE CONSTRAINT charges_session_id_fkey;
ALTER TABLE page_credentials VALIDATE CONSTRAINT page_credentials_session_id_fkey;
ALTER TABLE webhook_deliveries VALIDATE CONSTRAINT webhook_deliveries_event_id_fkey;
ALTER TABLE webhook_deliveries VALIDATE CONSTRAINT webhook_deliveries_endpoint_id_fkey;
