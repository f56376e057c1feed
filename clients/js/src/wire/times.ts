/** Milliseconds of a text in nanoseconds, rounded down: what `new Date()` takes. */
export function toMilliseconds(nanoseconds: string): number {
  if (!/^-?\d+$/.test(nanoseconds)) {
    throw new RangeError(`not a count of nanoseconds: ${nanoseconds.slice(0, 40)}`);
  }
  if (nanoseconds.startsWith('-')) {
    return -Number((BigInt(nanoseconds.slice(1)) + 999_999n) / 1_000_000n);
  }
  return Number(nanoseconds.slice(0, -6) || '0');
}
