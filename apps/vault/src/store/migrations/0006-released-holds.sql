-- A holder that has let go of a token has done so for good: a request to hold it that arrives after that, late or again,
-- would be let go of by nobody. The row stays, as long as the token does.
ALTER TABLE token_holds ADD COLUMN released_at BIGINT;
