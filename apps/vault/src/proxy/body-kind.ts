// Which kind of body a content type announces.

export const bodyKindOf = (contentType: string | undefined): 'json' | 'form' | 'text' => {
  const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'application/json' || type.endsWith('+json')) return 'json';
  return type === 'application/x-www-form-urlencoded' ? 'form' : 'text';
};
