/**
 * JSON with integers beyond 2^53 kept as text.
 *
 * Times are nanoseconds since 1970 (19 digits) and sequences are 64-bit: `JSON.parse` would round
 * them. Integers of 16 digits and more therefore become strings before parsing. Strings are matched
 * first, so digits inside text stay as they are; fractions and exponents are left alone.
 */
const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const longInteger = /^-?\d{16,}$/;

export function parseExact(text: string): unknown {
  if (!/\d{16}/.test(text)) {
    return JSON.parse(text);
  }
  return JSON.parse(text.replace(token, (word) => (longInteger.test(word) ? `"${word}"` : word)));
}

/** Nanoseconds (text or number, as `parseExact` gives them) to whole milliseconds. */
export function nanosToMillis(nanos: string | number): number {
  if (typeof nanos === 'number') {
    return Math.floor(nanos / 1e6);
  }
  return /^\d{7,}$/.test(nanos) ? Number(nanos.slice(0, -6)) : 0;
}
