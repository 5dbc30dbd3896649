import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lookUpBin } from '@ozura/core/card/funding';
import { expect, test } from 'vitest';
import { binsOf, readBinTable } from './bins.ts';

function tableOf(text: string) {
  const path = join(mkdtempSync(join(tmpdir(), 'ozura-bins-')), 'bins.csv');
  writeFileSync(path, text);
  return readBinTable(path);
}

test('a table of the operator says what is known of ranges', () => {
  const binTable = tableOf('# ranges of 2026\n\n457173,debit,DK\n45717312,prepaid\r\n622126,credit,,DISCOVER\n');
  const bins = binsOf({ mode: 'live', binTable });
  expect(lookUpBin(bins, '4571730000000000')).toMatchObject({ funding: 'debit', country: 'DK', brand: 'VISA' });
  expect(lookUpBin(bins, '4571731200000000')).toMatchObject({ funding: 'prepaid' });
  expect(lookUpBin(bins, '622126')).toMatchObject({ funding: 'credit', brand: 'DISCOVER' });
  expect(lookUpBin(bins, '424242')).toMatchObject({ funding: 'unknown' });
});

test('in test mode the test cards are known beside it, and in live mode never', () => {
  const binTable = tableOf('424242,debit\n');
  expect(lookUpBin(binsOf({ mode: 'test', binTable }), '424242')).toMatchObject({ funding: 'credit' });
  expect(lookUpBin(binsOf({ mode: 'live', binTable }), '424242')).toMatchObject({ funding: 'debit' });
  expect(lookUpBin(binsOf({ mode: 'live' }), '424242')).toMatchObject({ funding: 'unknown' });
});

test.each(['4571,debit', '457173;debit', '457173,Debit', '457173,debit,Denmark'])(
  '%s is refused, with its line',
  (line) => {
    expect(() => tableOf(`457173,debit\n${line}\n`)).toThrow(/line 2: must be digits,funding/);
  },
);

test('a brand that nobody else knows is refused, with its line', () => {
  expect(() => tableOf('622126,credit,,UNIONPAY\n622127,credit,,UNIONPAI\n')).toThrow(/line 2: UNIONPAI is no brand/);
});
