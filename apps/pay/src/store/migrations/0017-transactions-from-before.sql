-- Counts the transactions from before there were counts, while programs that are older than this one go on taking payments:
-- nothing is locked. Each row since 0016 is counted in the commit that wrote it, and none is deleted. So in any snapshot, and
-- this statement has one, the rows less what is counted are those from before.

INSERT INTO transaction_counts (merchant_id, day, transaction_type, lane, total)
  -- A lane that no payment counts in.
  SELECT merchant_id, day, transaction_type, -1, SUM(total) FROM (
    SELECT merchant_id, created_at / 86400000 AS day, transaction_type, count(*) AS total FROM transactions GROUP BY 1, 2, 3
    UNION ALL
    SELECT merchant_id, day, transaction_type, -total FROM transaction_counts
  ) AS parts
  GROUP BY merchant_id, day, transaction_type
  HAVING SUM(total) > 0;
