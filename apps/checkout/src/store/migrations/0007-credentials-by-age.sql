-- The sweep of page credentials begins with the oldest, instead of looking through all of them or all sessions.

CREATE INDEX page_credentials_by_age ON page_credentials (created_at);
