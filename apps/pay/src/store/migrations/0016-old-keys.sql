-- An idempotency key is free again after its time (contract 0.8): it alone may be taken from a charge that has ended.

-- only sqlite
DROP TRIGGER charges_end;
CREATE TRIGGER charges_end BEFORE UPDATE OF charge_id, merchant_id, operation, fingerprint, cvc_hash, order_id, plan_id,
    cycle, state, sale, created_at, ended_at ON charges
  WHEN OLD.state <> 'open'
  BEGIN
    SELECT RAISE(ABORT, 'a charge that has ended does not change');
  END;
-- end

-- only postgres
DROP TRIGGER charges_end ON charges;
CREATE TRIGGER charges_end BEFORE UPDATE OF charge_id, merchant_id, operation, fingerprint, cvc_hash, order_id, plan_id,
    cycle, state, sale, created_at, ended_at ON charges
  FOR EACH ROW WHEN (OLD.state <> 'open')
  EXECUTE FUNCTION refuse_change('a charge that has ended does not change');
-- end
