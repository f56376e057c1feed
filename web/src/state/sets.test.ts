import { describe, expect, it } from 'vitest';
import {
  fieldOf,
  filterFields,
  filterOf,
  filterWords,
  formOf,
  nameProblem,
  parseSymbols,
  queryOf,
  readFilters,
  readUniverses,
} from './sets';

describe('symbols as typed', () => {
  it('takes any separators, each symbol once, in order', () => {
    expect(parseSymbols(' IBM, AAPL;\nBRK.B\tIBM ')).toEqual({
      symbols: ['IBM', 'AAPL', 'BRK.B'],
      bad: [],
    });
    expect(parseSymbols('')).toEqual({ symbols: [], bad: [] });
  });

  it('names what is no symbol', () => {
    expect(parseSymbols('ok SEVENTEENLETTERSX ÄÖ').bad).toEqual(['SEVENTEENLETTERSX', 'ÄÖ']);
  });
});

it('knows what names are taken', () => {
  expect(nameProblem('core-2', 'engine')).toBeNull();
  expect(nameProblem('Core', 'engine')).toMatch(/a–z/);
  expect(nameProblem('My own', 'user')).toBeNull();
  expect(nameProblem('', 'user')).toMatch(/needed/);
  expect(nameProblem('ä'.repeat(33), 'user')).toMatch(/64/);
  expect(nameProblem('a/b', 'user')).toMatch(/slash/);
});

describe('a filter’s form', () => {
  const filter = {
    symbols: ['IBM', 'AAPL'],
    universes: ['core', 'mine/x y'],
    types: ['high'],
    directions: ['up'],
    min_price: 5,
    max_price: '1000.10',
    min_count: 3,
    min_strength: 'moderate',
    vwap_position: ['above'],
  };

  it('gives back what it was made of', () => {
    expect(filterOf(formOf(filter))).toEqual({ filter, problems: {} });
    expect(filterOf(formOf({}))).toEqual({ filter: {}, problems: {} });
  });

  it('keeps members that it does not know', () => {
    const later = { types: ['low'], min_wisdom: 3 };
    expect(filterOf(formOf(later)).filter).toEqual(later);
  });

  it('keeps digits that a binary number would lose', () => {
    const form = formOf({});
    form.numbers.min_price = '5.10';
    form.numbers.min_volume = '0.000001';
    expect(filterOf(form).filter).toEqual({ min_price: '5.10', min_volume: 0.000001 });
  });

  it('tells at which field something is wrong', () => {
    const form = formOf({});
    form.symbols = 'ok €';
    form.numbers.min_price = '10';
    form.numbers.max_price = '5';
    form.numbers.min_count = '1.5';
    form.numbers.min_score = 'many';
    expect(Object.keys(filterOf(form).problems).sort()).toEqual([
      'max_price',
      'min_count',
      'min_score',
      'symbols',
    ]);
  });

  it('becomes parameters of a page of events', () => {
    expect(queryOf({ types: ['high', 'low'], min_price: 5 }).toString()).toBe(
      'types=high%2Clow&min_price=5',
    );
  });

  it('finds the field that the server complains about', () => {
    expect(fieldOf('"filter.min_score" must be a number', filterFields)).toBe('min_score');
    expect(fieldOf('no universe "core"; there are none', filterFields)).toBe('universes');
    expect(fieldOf('a user keeps 32 filters at most', filterFields)).toBe('');
  });

  it('is told in words', () => {
    expect(filterWords({})).toBe('everything');
    expect(filterWords({ types: ['high', 'low'], min_price: 5, min_strength: 'weak' })).toBe(
      'high, low · price from 5 · min strength weak',
    );
    expect(filterWords({ symbols: ['A', 'B', 'C', 'D', 'E', 'F'] })).toBe('A, B, C, D, 2 more');
  });
});

it('reads lists of universes and filters', () => {
  expect(readUniverses({ universes: [{ name: 'core', count: 2, priority: true }] })).toEqual([
    { name: 'core', count: 2, priority: true },
  ]);
  expect(readFilters({ filters: [{ name: 'f', enabled: false, filter: { types: [] } }] })).toEqual([
    { name: 'f', enabled: false, filter: { types: [] } },
  ]);
  expect(readFilters(null)).toEqual([]);
});
