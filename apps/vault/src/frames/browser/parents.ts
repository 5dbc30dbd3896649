// Whose word a frame takes: the list comes from our own server, with the document.

const LOOPBACK = /^https?:\/\/(localhost|127\.0\.0\.1)(:[0-9]+)?$/;

/** `parents` comes from our own server: origins, or the word for pages on this machine. */
export const isAllowedParent = (origin: string, parents: readonly string[]): boolean =>
  parents.includes(origin) || (parents.includes('loopback') && LOOPBACK.test(origin));
