// What a donor may choose (contract 6.2).
import { exponentOf } from '@ozura/core/currencies';
import { parseMoney, parsePositiveMoney } from '@ozura/core/money';
import {
  accepting,
  boolean,
  isObject,
  list,
  optional,
  type Reader,
  recordWithWarnings,
  withDefault,
  withOwnDefault,
} from '@ozura/core/validation';
import { failOutside, isWithin, type MoneyRange, money } from './money.ts';
import { quietly } from './quietly.ts';

export interface DonationConfig {
  readonly presetsMinor: readonly bigint[];
  readonly defaultAmountMinor?: bigint | undefined;
  readonly allowCustomAmount: boolean;
  readonly minAmountMinor: bigint;
  readonly maxAmountMinor: bigint;
}

const presetsMax = 8;

/** Limits come last in the table and decide about the fields before them, so they are looked at first. */
export function donationConfig(currency: string | undefined): Reader<DonationConfig> {
  const amount = money(parsePositiveMoney, currency);
  const recordOf = (value: Record<string, unknown>) => {
    const { minMinor, maxMinor } = limitsOf(value, currency);
    const range = minMinor !== undefined && maxMinor !== undefined ? { minMinor, maxMinor } : undefined;
    const presets = quietly(list(amount, 1, presetsMax), value.presets) ?? [];
    return recordWithWarnings(
      {
        presets: withDefault(presetList(currency, range), []),
        defaultAmount: optional(
          defaultAmount(currency, range, value.allowCustomAmount === false ? presets : undefined),
        ),
        allowCustomAmount: withDefault(customAllowed(presets), true),
        minAmount: withDefault(amount, lowest(currency), 'min'),
        maxAmount: withOwnDefault(highest(currency, minMinor), 'max'),
      },
      { about: ABOUT },
    );
  };
  const read: Reader<DonationConfig> = (value, path, intake) => {
    if (!isObject(value)) return intake.fail(path, 'must be an object');
    const found = recordOf(value)(value, path, intake);
    return (
      found && {
        presetsMinor: found.presets,
        defaultAmountMinor: found.defaultAmount,
        allowCustomAmount: found.allowCustomAmount,
        minAmountMinor: found.minAmount,
        maxAmountMinor: found.maxAmount,
      }
    );
  };
  return accepting(read, { as: () => recordOf({}) });
}

const ABOUT = {
  presets: 'Different amounts, each within the limits.',
  defaultAmount: 'Chosen at first. One of the presets when `allowCustomAmount` is false.',
  allowCustomAmount: 'The donor may type an amount. May be false only with presets.',
  minAmount: '1 when not sent.',
  maxAmount: '10000 when not sent; 1000000 in currencies without decimals.',
};

const presetList = (currency: string | undefined, range: MoneyRange | undefined): Reader<bigint[]> => {
  const amounts = list(amountWithin(currency, range), 1, presetsMax);
  const read: Reader<bigint[]> = (value, path, intake) => {
    const found = amounts(value, path, intake);
    const isDifferent =
      found === undefined || new Set(found).size === found.length || found.includes(undefined as never);
    return isDifferent ? found : intake.fail(path, 'must be different amounts');
  };
  return accepting(read, { as: () => amounts });
};

const defaultAmount = (
  currency: string | undefined,
  range: MoneyRange | undefined,
  onlyFrom: readonly bigint[] | undefined,
): Reader<bigint> => {
  const amount = amountWithin(currency, range);
  const read: Reader<bigint> = (value, path, intake) => {
    const minor = amount(value, path, intake);
    return minor === undefined || onlyFrom === undefined || onlyFrom.includes(minor)
      ? minor
      : intake.fail(path, 'must be one of presets when allowCustomAmount is false');
  };
  return accepting(read, { as: () => amount });
};

const customAllowed = (presets: readonly bigint[]): Reader<boolean> => {
  const read: Reader<boolean> = (value, path, intake) => {
    const allowed = boolean(value, path, intake);
    return allowed !== false || presets.length > 0
      ? allowed
      : intake.fail(path, 'presets are required when allowCustomAmount is false');
  };
  return accepting(read, { as: () => boolean });
};

function amountWithin(currency: string | undefined, range: MoneyRange | undefined): Reader<bigint> {
  const amount = money(parsePositiveMoney, currency);
  const read: Reader<bigint> = (value, path, intake) => {
    const minor = amount(value, path, intake);
    if (minor === undefined || range === undefined || currency === undefined || isWithin(range, minor)) return minor;
    return failOutside(range, currency, { path, intake });
  };
  return accepting(read, { as: () => amount });
}

/** Absent: the standard limit, unless that is below the lowest amount. */
function highest(currency: string | undefined, minMinor: bigint | undefined): Reader<bigint> {
  const amount = money(parsePositiveMoney, currency);
  const read: Reader<bigint> = (value, path, intake) => {
    const minor = value === undefined ? standardMax(currency) : amount(value, path, intake);
    const isBelow = minor !== undefined && minMinor !== undefined && minor < minMinor;
    return isBelow ? intake.fail(path, 'must not be below minAmount') : minor;
  };
  return accepting(read, { as: () => amount });
}

/** A limit that is itself wrong is `undefined`: nothing is held against it. */
function limitsOf(value: Record<string, unknown>, currency: string | undefined) {
  const amount = money(parsePositiveMoney, currency);
  const [min, max] = [value.minAmount ?? value.min, value.maxAmount ?? value.max];
  const minMinor = min == null ? lowest(currency) : quietly(amount, min);
  const maxMinor = max == null ? standardMax(currency) : quietly(amount, max);
  const isCrossed = minMinor !== undefined && maxMinor !== undefined && maxMinor < minMinor;
  return { minMinor, maxMinor: isCrossed ? undefined : maxMinor };
}

const lowest = (currency = 'USD'): bigint => minorOf('1', currency);
const standardMax = (currency = 'USD'): bigint => minorOf(exponentOf(currency) === 0 ? '1000000' : '10000', currency);

function minorOf(amount: string, currency: string): bigint {
  const parsed = parseMoney(amount, currency);
  if ('reason' in parsed) throw new Error(`a donation limit of ours is no amount of ${currency}`);
  return parsed.minor;
}
