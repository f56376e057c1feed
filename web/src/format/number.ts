const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const cents = new Intl.NumberFormat('en-US', {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});
const fine = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 6 });

export const none = '–';

/** "1,234,567" */
export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? none : whole.format(value);
}

/** Short enough for a tile: "987", "12.3k", "4.56M". */
export function compact(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) {
    return none;
  }
  const size = Math.abs(value);
  if (size < 10_000) {
    return size < 10 && size % 1 !== 0 ? value.toFixed(1) : whole.format(value);
  }
  const [scale, unit] = size < 1e6 ? [1e3, 'k'] : size < 1e9 ? [1e6, 'M'] : [1e9, 'B'];
  const scaled = value / scale;
  const digits = Math.abs(scaled) < 10 ? 2 : Math.abs(scaled) < 100 ? 1 : 0;
  return scaled.toFixed(digits) + unit;
}

/** Dollars and cents; finer digits are shown where the price has them. */
export function price(value: number | null | undefined): string {
  if (value === null || value === undefined) {
    return none;
  }
  return Math.abs(value * 100 - Math.round(value * 100)) < 1e-6
    ? cents.format(value)
    : fine.format(value);
}

/** A computed price where space is short: cents, and finer only below a dollar. */
export function priceShort(value: number): string {
  return Math.abs(value) < 1 ? price(Number(value.toFixed(4))) : cents.format(value);
}

/** "+1.23 %", with a real minus sign. */
export function percent(value: number | null | undefined, digits = 2): string {
  return value === null || value === undefined ? none : `${signed(value, digits)} %`;
}

/** "+1.23" or "−1.23"; zero has no sign. */
export function signed(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) {
    return text;
  }
  return (value < 0 ? '−' : '+') + text;
}

/** "2.4×" */
export function times(value: number | null | undefined): string {
  if (value === null || value === undefined) {
    return none;
  }
  return `${value < 10 ? value.toFixed(1) : whole.format(value)}×`;
}

/** For colour: which way a score or percent points. */
export function side(value: number | null | undefined): -1 | 0 | 1 {
  return value === null || value === undefined || value === 0 ? 0 : value < 0 ? -1 : 1;
}

/** A span in seconds: "0 s", "250 µs", "3.2 ms", "1.5 s". */
export function seconds(value: number | null | undefined): string {
  if (value === null || value === undefined) {
    return none;
  }
  const [scaled, unit] =
    value < 1e-3 ? [value * 1e6, 'µs'] : value < 1 ? [value * 1e3, 'ms'] : [value, 's'];
  return value === 0 ? '0 s' : `${scaled < 10 ? scaled.toFixed(1) : scaled.toFixed(0)} ${unit}`;
}

/** "512 B", "3.4 MB" */
export function bytes(value: number): string {
  const [scale, unit] =
    value < 1e3 ? [1, 'B'] : value < 1e6 ? [1e3, 'kB'] : value < 1e9 ? [1e6, 'MB'] : [1e9, 'GB'];
  const scaled = value / scale;
  return `${scale > 1 && scaled < 10 ? scaled.toFixed(1) : scaled.toFixed(0)} ${unit}`;
}

/** A part of one: "97 %". */
export function part(value: number | null | undefined): string {
  return value === null || value === undefined ? none : `${Math.round(100 * value)} %`;
}

/** Shares in a narrow column: no more digits than a person compares by. */
export function sharesShort(value: number | null | undefined): string {
  if (value === null || value === undefined) {
    return none;
  }
  return value < 100 && value % 1 !== 0 ? value.toFixed(2) : compact(Math.round(value));
}

/** Shares; fractional prints exist. */
export function shares(value: number | null | undefined): string {
  if (value === null || value === undefined) {
    return none;
  }
  return value < 100_000 && value % 1 !== 0 ? fine.format(value) : compact(value);
}
