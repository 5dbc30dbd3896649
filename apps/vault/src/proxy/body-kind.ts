// Which kind of body a content type announces.

export type BodyKind = 'json' | 'form' | 'xml' | 'text';

export const bodyKindOf = (contentType: string | undefined): BodyKind => {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json' || type.endsWith('+json')) return 'json';
  if (/^(application|text)\/xml$|\+xml$/.test(type)) return 'xml';
  return type === 'application/x-www-form-urlencoded' ? 'form' : 'text';
};
