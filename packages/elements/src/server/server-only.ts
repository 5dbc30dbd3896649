// Secret keys do not belong in a browser: a bundle that brings this module there fails as soon as it is loaded.

if (typeof window !== 'undefined' && typeof document !== 'undefined') {
  throw new Error(
    '@ozura/elements/server is for servers only: it needs secret keys. In a browser import @ozura/elements',
  );
}

export {};
