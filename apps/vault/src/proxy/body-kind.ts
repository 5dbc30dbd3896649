// Which kind of body a content type announces.

export type BodyKind = 'json' | 'form' | 'xml' | 'multipart' | 'text';

export const bodyKindOf = (contentType: string | undefined): BodyKind => {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json' || type.endsWith('+json')) return 'json';
  if (/^(application|text)\/xml$|\+xml$/.test(type)) return 'xml';
  if (type.startsWith('multipart/')) return 'multipart';
  return type === 'application/x-www-form-urlencoded' ? 'form' : 'text';
};
