import { describe, expect, it } from 'vitest';
import { nanosToMillis, parseExact } from './json';

describe('parseExact', () => {
  it('keeps nanoseconds that a double would round', () => {
    expect(parseExact('{"ts":1718718605123456789}')).toEqual({ ts: '1718718605123456789' });
  });
  it('leaves numbers alone that fit', () => {
    expect(parseExact('{"offset":9007199254740,"price":187.42,"x":-1.5e-7}')).toEqual({
      offset: 9007199254740,
      price: 187.42,
      x: -1.5e-7,
    });
  });
  it('does not touch long fractions', () => {
    expect(parseExact('{"ts":1718718605123456789,"v":0.12345678901234567}')).toEqual({
      ts: '1718718605123456789',
      v: 0.12345678901234567,
    });
  });
  it('does not touch digits inside strings, escaped quotes included', () => {
    const text = '{"id":"a\\"1718718605123456789","n":1718718605123456789}';
    expect(parseExact(text)).toEqual({
      id: 'a"1718718605123456789',
      n: '1718718605123456789',
    });
  });
  it('throws on what is no JSON', () => {
    expect(() => parseExact('{"ts":1718718605123456789')).toThrow();
  });
});

describe('nanosToMillis', () => {
  it('cuts the last six digits', () => {
    expect(nanosToMillis('1718718605123999999')).toBe(1718718605123);
    expect(nanosToMillis(1_500_000)).toBe(1);
    expect(nanosToMillis('garbage')).toBe(0);
  });
});
