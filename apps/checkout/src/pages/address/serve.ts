// `GET /assets/address-{country}-{locale}.{hash}.json`: the address form of a country, which the page asks for when the
// customer chooses another one. The name changes with the content, so that a browser may keep it for ever.
import { createHash } from 'node:crypto';
import { Refusal } from '@ozura/core/errors';
import { refuseOtherMethods } from '@ozura/kit/http/route';
import type { FastifyInstance } from 'fastify';
import { type Language, languageFor } from '../language.ts';
import { addressForm, formsVersion } from './form.ts';

const URL_PATTERN = '/assets/:name';
const NAME = /^address-([A-Z]{2})-([A-Za-z-]{2,12})\.([0-9a-f]{12})\.json$/;

/** Of the forms in one language, with a place for the country. */
export const addressUrl = (language: Language): string =>
  `/assets/address-{country}-${language.locale}.${versionOf(language)}.json`;

/** The labels are sentences of the language, which change with a release as the data does. */
function versionOf({ messages: { page } }: Language): string {
  const labels = JSON.stringify([page.cityNames, page.stateNames, page.zipNames]);
  return createHash('sha256').update(formsVersion).update(labels).digest('hex').slice(0, 12);
}

export function serveAddressForms(app: FastifyInstance): void {
  app.get(URL_PATTERN, { exposeHeadRoute: true }, (request, reply) => {
    const [, country = '', locale = '', version] = NAME.exec((request.params as { name: string }).name) ?? [];
    const language = languageFor({ locale });
    const form = addressForm(country, language);
    if (form === undefined || language.tag !== locale || version !== versionOf(language))
      throw new Refusal('NOT_FOUND');
    return reply.header('Cache-Control', 'public, max-age=31536000, immutable').send(form);
  });
  refuseOtherMethods(app, URL_PATTERN, new Set(['GET']));
}
