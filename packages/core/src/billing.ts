// Billing details (contract 8.1 and 11.5): one set of rules, read in the nested shape of the page and the SDK and in
// the flat shape of the Pay API. Runs in the browser too.
import { showsCardNumber } from './card/number-in-text.ts';
import { cardless, noCardNumber } from './cardless.ts';
import { hasPostalCodes, isCountry, stateCode, statesOf } from './countries.ts';
import { onceEach } from './once-each.ts';
import {
  accepting,
  capitals,
  type Field,
  Intake,
  isObject,
  optional,
  type Reader,
  record,
  required,
  text,
  withDefault,
} from './validation.ts';

export interface Place {
  readonly country: string;
  /** Empty where none was given, as clients expect a string. A two-letter code in the US and Canada. */
  readonly state: string;
  readonly zip: string;
}

export interface Address extends Place {
  readonly line1: string;
  readonly line2?: string;
  readonly city: string;
}

export interface Billing {
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
  readonly address: Address;
}

const name = required(cardless(text(1, 50)));
const line1 = required(cardless(text(1, 100)));
const line2 = optional(cardless(text(0, 100, 'must be at most 100 characters')));
const city = required(cardless(text(1, 50)));

const NOT_EMAIL = 'must be a valid e-mail address';
const NOT_PHONE = 'must be an international number such as "+14155550134"';
const NOT_COUNTRY = 'must be an ISO 3166-1 alpha-2 code such as "US"';

const anyEmail = cardless(text(1, 254));

const email = required(
  accepting<string>(
    (value, path, intake) => {
      const address = anyEmail(value, path, intake);
      if (address === undefined || /^[^\s@<>,;:"]{1,64}@[^\s@<>,;:".]+(\.[^\s@<>,;:".]+)+$/.test(address)) {
        return address;
      }
      return intake.fail(path, NOT_EMAIL);
    },
    { text: NOT_EMAIL },
  ),
);

/** As everything behind a form wants it: E.164. */
export const phone = required(
  accepting<string>(
    (value, path, intake) => {
      if (typeof value !== 'string') return intake.fail(path, 'must be a string');
      const number = value.trim().replace(/[ .()[\]-]/g, '');
      if (!/^\+[0-9]{7,15}$/.test(number)) return intake.fail(path, NOT_PHONE);
      // The longest are as long as those of American Express.
      return showsCardNumber(number) ? intake.fail(path, noCardNumber) : number;
    },
    { text: NOT_PHONE },
  ),
);

export const countryCode = accepting<string>(
  (value, path, intake) => {
    const code = capitals(value);
    return isCountry(code) ? code : intake.fail(path, NOT_COUNTRY);
  },
  { text: NOT_COUNTRY },
);

const country = required(countryCode);

const billingIn = (phoneField: Field<string, true>): Reader<Billing> =>
  record({
    firstName: name,
    lastName: name,
    email,
    phone: phoneField,
    address: required(
      accepting<Address>(
        (value, path, intake) => {
          const read = addressIn(countryOf(value, 'country'))(value, path, intake);
          return read && withoutEmptyLine(read);
        },
        { as: () => addressIn(undefined) },
      ),
    ),
  });

/** `{firstName, lastName, email, phone, address: {line1, line2?, city, state, zip, country}}`. */
export const billing = billingIn(phone);

/** As a customer types it: the number may be written as people of the country do, and is read later. */
export const typedBilling = billingIn(required(text(1, 40)));

/** What depends on the country is made once for each: `at` is one of ISO 3166, or not known. */
const addressIn = onceEach((at: string | undefined) =>
  record({ line1, line2, city, state: stateIn(at), zip: zipIn(at), country }),
);

/** `{country, state, zip}`: what a quote needs to know. */
export const billingPlace: Reader<Place> = accepting(
  (value, path, intake) => placeIn(countryOf(value, 'country'))(value, path, intake),
  { as: () => placeIn(undefined) },
);

const placeIn = onceEach(
  (at: string | undefined): Reader<Place> => record({ country, state: stateIn(at), zip: zipIn(at) }),
);

const flatIn = onceEach((at: string | undefined) =>
  record({
    billingFirstName: name,
    billingLastName: name,
    billingEmail: email,
    billingPhone: phone,
    billingAddress1: line1,
    billingAddress2: line2,
    billingCity: city,
    billingState: stateIn(at),
    billingZipcode: zipIn(at),
    billingCountry: country,
  }),
);

const readFlat: Reader<Billing> = (value, path, intake) => {
  const flat = flatIn(countryOf(value, 'billingCountry'))(value, path, intake);
  return (
    flat && {
      firstName: flat.billingFirstName,
      lastName: flat.billingLastName,
      email: flat.billingEmail,
      phone: flat.billingPhone,
      address: withoutEmptyLine({
        line1: flat.billingAddress1,
        line2: flat.billingAddress2,
        city: flat.billingCity,
        state: flat.billingState,
        zip: flat.billingZipcode,
        country: flat.billingCountry,
      }),
    }
  );
};

/** The `billing…` members of a Pay request; its other members are not looked at. */
export const flatBilling = accepting(readFlat, { as: () => flatIn(undefined) });

/** State and postal code depend on the country, which comes after them: it is looked at first, quietly. */
export const countryOf = (value: unknown, member: string): string | undefined =>
  isObject(value) ? country.read(value[member], '', new Intake()) : undefined;

const freeState = cardless(text(0, 50, 'must be at most 50 characters'));

/** A code where the country has a list of them, given by code or full name; else as it was written. */
export const stateOf =
  (at: string | undefined): Reader<string> =>
  (value, path, intake) => {
    const written = freeState(value, path, intake);
    if (written === undefined || at === undefined || statesOf(at) === undefined) return written;
    if (written === '') return intake.fail(path, 'is required');
    return (
      stateCode(at, written) ?? intake.fail(path, `must be a state of ${at} such as "${at === 'US' ? 'NY' : 'ON'}"`)
    );
  };

const stateIn = (at: string | undefined): Field<string, true> =>
  at === undefined || statesOf(at) === undefined ? withDefault(freeState, '') : required(stateOf(at));

function zipIn(at: string | undefined): Field<string, true> {
  const free = cardless(text(0, 16, 'must be at most 16 characters'));
  if (at === undefined || !hasPostalCodes(at)) return withDefault(free, '');
  return required((value, path, intake) => {
    const written = free(value, path, intake);
    if (written === '') return intake.fail(path, 'is required');
    if (written === undefined || (at !== 'US' && at !== 'CA')) return written;
    return at === 'US' ? americanZip(written, path, intake) : canadianZip(written, path, intake);
  });
}

const americanZip = (written: string, path: string, intake: Intake): string | undefined =>
  /^[0-9]{5}(-[0-9]{4})?$/.test(written) ? written : intake.fail(path, 'must be like 12345 or 12345-6789');

function canadianZip(written: string, path: string, intake: Intake): string | undefined {
  const parts = /^([A-Z][0-9][A-Z])[ -]?([0-9][A-Z][0-9])$/.exec(written.toUpperCase());
  return parts === null ? intake.fail(path, 'must be like A1A 1A1') : `${parts[1]} ${parts[2]}`;
}

function withoutEmptyLine({
  line2,
  ...address
}: Omit<Address, 'line2'> & { readonly line2: string | undefined }): Address {
  return line2 ? { ...address, line2 } : address;
}
