// ISO 3166: country codes, and the states of the two countries whose banks check them. Names of countries are not
// here: they come from `Intl.DisplayNames` in the reader's own language.
import { onceEach } from './once-each.ts';

/** By first letter: each is followed by the second letters that there are. Pages load this. */
const COUNTRIES =
  'ADEFGILMOQRSTUWXZ BABDEFGHIJLMNOQRSTVWYZ CACDFGHIKLMNORUVWXYZ DEJKMOZ ECEGHRST FIJKMOR GABDEFGHILMNPQRSTUWY ' +
  'HKMNRTU IDELMNOQRST JEMOP KEGHIMNPRWYZ LABCIKRSTUVY MACDEFGHKLMNOPQRSTUVWXYZ NACEFGILOPRUZ OM PAEFGHKLMNRSTWY QA ' +
  'REOSUW SABCDEGHIJKLMNORSTVXYZ TCDFGHJKLMNORTVWZ UAGMSYZ VACEGINU WFS YET ZAMW';

/** No postal codes, or codes that hardly anybody there knows: asking for one would stop a sale. */
const WITHOUT_POSTAL_CODES =
  'AEGOQW BFIJOQSVWZ CDFGIKMW DJM ER FJ GADHMQY HKM JM KIMNP LCY MLORW NRU PA QA RW SBCLRSTXY TDFGKLOTVZ UG VU YE ' +
  'ZW';

/** The first two capitals are the code: those of the name, or before it. */
const US_STATES =
  'ALabama,AlasKa,AriZona,ARkansas,CAlifornia,COlorado,ConnecTicut,DElaware,District of Columbia,FLorida,GeorgiA,' +
  'HawaIi,IDaho,ILlinois,INdiana,IowA,KanSas,KentuckY,LouisiAna,MainE,MarylanD,MAssachusetts,MIchigan,MiNnesota,' +
  'MiSsissippi,MissOuri,MonTana,NEbraska,NeVada,New Hampshire,New Jersey,New Mexico,New York,North Carolina,' +
  'North Dakota,OHio,OKlahoma,ORegon,PennsylvAnia,Rhode Island,South Carolina,South Dakota,TeNnessee,TeXas,UTah,' +
  'VermonT,VirginiA,WAshington,West Virginia,WIsconsin,WYoming,American Samoa,GUam,MPNorthern Mariana Islands,' +
  'Puerto Rico,UMU.S. Outlying Islands,VIU.S. Virgin Islands,AAArmed Forces Americas,AEArmed Forces Europe,' +
  'APArmed Forces Pacific';

const CA_PROVINCES =
  'AlBerta,British Columbia,ManitoBa,New Brunswick,Newfoundland and Labrador,Nova Scotia,Northwest Territories,' +
  'NUnavut,ONtario,PEPrince Edward Island,QuebeC,SasKatchewan,YTYukon';

export interface State {
  readonly code: string;
  readonly name: string;
}

/** All ISO 3166-1 alpha-2 codes, ascending. */
export const countryCodes = (): readonly string[] => [...codesIn(COUNTRIES)];

/** Of one of the lists here. */
const codesIn = /* @__PURE__ */ onceEach(
  (letters: string): ReadonlySet<string> =>
    new Set(letters.split(' ').flatMap(([first, ...second]) => second.map((letter) => `${first}${letter}`))),
);

export const isCountry = (code: string): boolean => codesIn(COUNTRIES).has(code);

export const hasPostalCodes = (country: string): boolean => !codesIn(WITHOUT_POSTAL_CODES).has(country);

const listOf = (country: string): string | undefined =>
  country === 'US' ? US_STATES : country === 'CA' ? CA_PROVINCES : undefined;

/** The states one may choose from; `undefined` where a state is free text. */
export function statesOf(country: string): readonly State[] | undefined {
  const list = listOf(country);
  return list === undefined ? undefined : statesIn(list);
}

const statesIn = /* @__PURE__ */ onceEach((list: string): readonly State[] => list.split(',').map(stateFrom));

function stateFrom(entry: string): State {
  const capitals = entry.replace(/[^A-Z]/g, '');
  const name = capitals.length > 2 ? entry.slice(2) : entry.replace(/\B[A-Z]/g, (letter) => letter.toLowerCase());
  return { code: capitals.slice(0, 2), name };
}

/** The code of a state of a country that has a list, given by code or full name in any letter case. */
export function stateCode(country: string, written: string): string | undefined {
  const list = listOf(country);
  return list === undefined ? undefined : codesByName(list).get(plain(written));
}

/** By themselves too. */
const codesByName = /* @__PURE__ */ onceEach(
  (list: string): ReadonlyMap<string, string> =>
    new Map(
      statesIn(list).flatMap(({ code, name }) => [
        [code, code],
        [plain(name), code],
      ]),
    ),
);

const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toUpperCase();
