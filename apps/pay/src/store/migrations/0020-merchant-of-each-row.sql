-- Each row of a merchant says whose it is, so that its table can be distributed by merchant (decision 0030). NULL where it was
-- written before, or by an older process beside this one.

ALTER TABLE resolutions ADD COLUMN merchant_id TEXT;
