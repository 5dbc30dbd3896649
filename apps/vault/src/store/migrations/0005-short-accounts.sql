-- Of an account number of four to seven digits half may be seen; until now it was the last four, of four all.
UPDATE tokens
SET last4 = substr(last4, 5 - length(mask) / 2),
    mask = substr('****', 1, length(mask) - length(mask) / 2) || substr(last4, 5 - length(mask) / 2)
WHERE type = 'bank' AND length(mask) < 8 AND length(last4) = 4;
