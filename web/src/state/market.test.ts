import { describe, expect, it } from 'vitest';
import { readMarket, rollingShare, share, type Minute } from './market';

const minute = (t: number, highs: number, lows: number): Minute => ({
  t,
  highs,
  lows,
  surgesUp: 0,
  surgesDown: 0,
});

describe('the market page’s data', () => {
  it('reads an answer', () => {
    const market = readMarket({
      session: 'regular',
      since: '1772548200000000000',
      complete: false,
      symbols: 2,
      leaders: {
        highs: [
          {
            symbol: 'AAA',
            count: 3,
            price: 10.5,
            percent_change: null,
            value: 0,
            direction: 'up',
            last: '1772548200000000000',
          },
        ],
      },
      breadth: { highs: 3, trends_down: 1, minutes: [{ t: 60, highs: 3, surges_down: 2 }] },
    });
    expect(market.session).toBe('regular');
    expect(market.sinceMs).toBe(1772548200000);
    expect(market.complete).toBe(false);
    expect(market.leaders.highs[0]).toEqual({
      symbol: 'AAA',
      count: 3,
      price: 10.5,
      percentChange: null,
      value: 0,
      direction: 'up',
      lastMs: 1772548200000,
    });
    expect(market.leaders.relative_volume).toEqual([]);
    expect(market.breadth.trendsDown).toBe(1);
    expect(market.breadth.minutes).toEqual([
      { t: 60, highs: 3, lows: 0, surgesUp: 0, surgesDown: 2 },
    ]);
  });

  it('reads anything else as empty', () => {
    for (const json of [null, [], 'x', { leaders: 3, breadth: null, since: null }]) {
      const market = readMarket(json);
      expect(market.session).toBe('');
      expect(market.sinceMs).toBeNull();
      expect(market.breadth.minutes).toEqual([]);
    }
  });

  it('knows no share of nothing', () => {
    expect(share(0, 0)).toBeNull();
    expect(share(3, 1)).toBe(75);
  });

  it('takes the share over a window that moves', () => {
    const minutes = [minute(0, 0, 0), minute(60, 4, 0), minute(120, 0, 4), minute(180, 0, 0)];
    expect(rollingShare(minutes, 2)).toEqual([null, 100, 50, 0]);
    expect(rollingShare(minutes, 10)).toEqual([null, 100, 50, 50]);
  });
});
