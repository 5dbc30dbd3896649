-- Queries by order and by attempt find few rows, and find them in the order in which they are asked for.
DROP INDEX transactions_by_order;
DROP INDEX transactions_by_attempt;
CREATE INDEX transactions_by_order ON transactions (merchant_id, order_id, created_at, transaction_id);
CREATE INDEX transactions_by_attempt ON transactions (merchant_id, attempt_id, created_at, transaction_id);
