import { describe, expect, it } from 'vitest';
import { pageOf, pages } from '../pages/registry';
import { GoKeys } from './keys';
import { hrefOf, parseHash, symbolHref } from './route';
import { SeenSymbols } from './symbols';

describe('addresses', () => {
  it('are read as they are written, whatever a symbol holds', () => {
    for (const symbol of ['AAPL', 'BRK.B', 'A/B', '<b>X', '100%', 'É']) {
      expect(parseHash(symbolHref(symbol))).toEqual({ page: 'symbol', args: [symbol] });
    }
    expect(hrefOf('sets', 'filters', 'my noon')).toBe('#/sets/filters/my%20noon');
  });

  it('are none where they name nothing', () => {
    for (const hash of ['', '#', '#main', '#symbol/A']) {
      expect(parseHash(hash)).toEqual({ page: '', args: [] });
    }
    expect(parseHash('#/symbol/')).toEqual({ page: 'symbol', args: [] });
    expect(parseHash('#/symbol/%E0%A4%A')).toEqual({ page: 'symbol', args: ['%E0%A4%A'] });
  });
});

describe('the pages', () => {
  it('have ids, keys and names of their own', () => {
    for (const of of ['id', 'key', 'name'] as const) {
      expect(new Set(pages.map((page) => page[of])).size).toBe(pages.length);
    }
    expect(pages.every((page) => page.name.length <= 8 && page.key.length === 1)).toBe(true);
    expect(pages.every((page) => page.key !== 'g')).toBe(true);
  });

  it('open with the tape where the address names none', () => {
    expect(pageOf('').id).toBe('tape');
    expect(pageOf('nothing').id).toBe('tape');
    expect(pageOf('alerts').id).toBe('alerts');
  });
});

describe('g and another key', () => {
  it('is one sequence, in time', () => {
    const keys = new GoKeys(1000);
    expect(keys.press('t', 0)).toEqual({ taken: false, target: null });
    expect(keys.press('g', 10)).toEqual({ taken: true, target: null });
    expect(keys.press('t', 900)).toEqual({ taken: true, target: 't' });
    expect(keys.press('t', 901)).toEqual({ taken: false, target: null });
    keys.press('g', 2000);
    expect(keys.press('t', 3001)).toEqual({ taken: false, target: null });
  });
});

describe('the symbols seen', () => {
  it('are offered by their beginning, the shortest first', () => {
    const seen = new SeenSymbols();
    for (const symbol of ['XA', 'AAPL', 'A', 'AA', '', 'BA', 'AB']) {
      seen.add(symbol);
    }
    expect(seen.match(' a ', 4)).toEqual(['A', 'AA', 'AB', 'AAPL']);
    expect(seen.match('a', 9)).toEqual(['A', 'AA', 'AB', 'AAPL', 'BA', 'XA']);
    expect(seen.match('', 9)).toEqual([]);
  });

  it('are bounded', () => {
    const seen = new SeenSymbols(2);
    ['A', 'B', 'C'].forEach((each) => seen.add(each));
    expect(seen.size).toBe(2);
    expect(seen.has('C')).toBe(false);
  });
});
