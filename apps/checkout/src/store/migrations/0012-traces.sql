-- The trace in which a charge was made: what a job finds out about it later is logged under the same one.

ALTER TABLE charges ADD COLUMN trace_id TEXT;
