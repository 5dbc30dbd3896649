-- The trace in which an attempt or a refund was made: what a job finds out about it later is logged under the same one.

ALTER TABLE attempts ADD COLUMN trace_id TEXT;
ALTER TABLE refunds ADD COLUMN trace_id TEXT;
