// The parts of a multipart body in which values stand: what is behind the headers of each part (RFC 2046, 5.1).

type Change = (text: string) => string;

interface Changes {
  /** Of the content of a part. */
  readonly value: Change;
  /** Of everything else: headers of parts, and what stands before the first and behind the last one. */
  readonly other: Change;
}

const BOUNDARY = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i;
const HEADERS = /^(?:\r?\n|[\s\S]*?\r?\n\r?\n)/;
/** Has headers of parts in its content. */
const NESTED = /^content-type:\s*multipart\//im;

/** `undefined` for what is no multipart body with the boundary that its type names. */
export function changeMultipart(body: string, contentType: string, { value, other }: Changes): string | undefined {
  const [, quoted, plain] = BOUNDARY.exec(contentType) ?? [];
  const boundary = (quoted ?? plain)?.replace(/[^\w]/g, '\\$&');
  if (boundary === undefined) return undefined;
  const delimiter = new RegExp(`((?:^|\\r?\\n)--${boundary}(?:--)?[ \\t]*(?:\\r?\\n|$))`);
  const [before = '', ...rest] = body.split(delimiter);
  if (rest.length === 0) return undefined;
  let changed = other(before);
  for (let at = 0; at < rest.length; at += 2) {
    const [line = '', part = ''] = rest.slice(at, at + 2);
    changed += line;
    if (isLast(line, boundary)) return changed + other(rest.slice(at + 1).join(''));
    const headers = HEADERS.exec(part)?.[0];
    if (headers === undefined) return undefined;
    const content = part.slice(headers.length);
    changed += other(headers) + (NESTED.test(headers) ? other(content) : value(content));
  }
  return changed;
}

const isLast = (line: string, boundary: string): boolean => new RegExp(`--${boundary}--`).test(line);
