/** Where the page is, as the part of the address behind `#`: `#/symbol/AAPL`. Pure functions. */

export interface Route {
  /** Id of a page of the registry; '' = none named. */
  page: string;
  /** What follows, decoded: `['AAPL']`. */
  args: readonly string[];
}

/** Reads `location.hash`; what is no route is the empty one. */
export function parseHash(hash: string): Route {
  if (!hash.startsWith('#/')) {
    return { page: '', args: [] };
  }
  const [page = '', ...args] = hash.slice(2).split('/').map(decode);
  return { page, args: args.filter((each) => each !== '') };
}

/** The address of a page, for `href`. */
export function hrefOf(page: string, ...args: readonly string[]): string {
  return `#/${[page, ...args].map(encodeURIComponent).join('/')}`;
}

/** A symbol's page. */
export const symbolHref = (symbol: string): string => hrefOf('symbol', symbol);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a broken escape, typed by hand
  }
}
