-- The built-in tax table: sales tax rates of a merchant by billing address (contract 6.4).

-- `state` is * for a whole country, `postal_prefix` empty for any postal code; both are upper case without spaces.
-- `rate` is hundred-thousandths of a percent: 8.875 % is 887500.
CREATE TABLE tax_rows (
  merchant_id TEXT NOT NULL REFERENCES merchants (merchant_id),
  country TEXT NOT NULL,
  state TEXT NOT NULL,
  postal_prefix TEXT NOT NULL,
  rate INTEGER NOT NULL CHECK (rate >= 0 AND rate <= 10000000),
  created_at BIGINT NOT NULL,
  PRIMARY KEY (merchant_id, country, state, postal_prefix)
);
