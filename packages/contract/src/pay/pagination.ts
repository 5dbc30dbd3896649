// Pages of a list (contract 0.3 and 8.5).
import { withDefault } from '@ozura/core/validation';
import { type Static, Type } from 'typebox';
import { wholeNumber } from '../whole-number.ts';

export const pagination = Type.Object({
  currentPage: Type.Integer(),
  totalPages: Type.Integer(),
  totalCount: Type.Integer(),
  limit: Type.Integer(),
  hasNextPage: Type.Boolean(),
  hasPrevPage: Type.Boolean(),
});

const pageMax = 999_999_999;

export const pageFields = {
  page: withDefault(wholeNumber(1, pageMax), 1),
  limit: withDefault(wholeNumber(1, 100), 50),
};

export interface Page {
  readonly page: number;
  readonly limit: number;
}

/** The `pagination` of an answer. */
export function pageOf({ page, limit }: Page, totalCount: number): Static<typeof pagination> {
  const totalPages = Math.ceil(totalCount / limit);
  return { currentPage: page, totalPages, totalCount, limit, hasNextPage: page < totalPages, hasPrevPage: page > 1 };
}
