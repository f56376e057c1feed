import { describe, expect, it } from 'vitest';
import type { EventBody } from '../stream/protocol';
import { describeEvent, ordinal } from './describe';
import * as number from './number';
import { thresholds } from './thresholds';
import { age, marketClock, marketDate, marketDay, marketTime } from './time';

describe('market time', () => {
  it('is New York’s, in summer and in winter', () => {
    expect(marketTime(Date.UTC(2024, 5, 18, 13, 58, 12, 123))).toBe('09:58:12.123');
    expect(marketTime(Date.UTC(2024, 11, 18, 14, 58, 12, 5))).toBe('09:58:12.005');
  });
  it('knows the hour of the change', () => {
    expect(marketClock(Date.UTC(2024, 2, 10, 6, 59, 59))).toBe('01:59:59');
    expect(marketClock(Date.UTC(2024, 2, 10, 7, 0, 0))).toBe('03:00:00');
    expect(marketClock(Date.UTC(2024, 10, 3, 5, 59, 59))).toBe('01:59:59');
    expect(marketClock(Date.UTC(2024, 10, 3, 6, 0, 0))).toBe('01:00:00');
  });
  it('has New York’s date', () => {
    expect(marketDate(Date.UTC(2024, 5, 19, 3, 59))).toBe('2024-06-18');
    expect(marketDay(Date.UTC(2024, 5, 19, 3, 59))).toBe('Tue 18 Jun 2024');
  });
  it('says nothing of no time', () => {
    expect([marketTime(0), marketDate(0)]).toEqual(['–', '']);
  });
});

describe('numbers', () => {
  it('writes ages', () => {
    expect([age(400), age(12_300), age(200_000), age(8e6)]).toEqual([
      '0.4 s',
      '12 s',
      '3 min',
      '2 h',
    ]);
  });
  it('writes prices with the digits that they have', () => {
    expect(number.price(187.4)).toBe('187.40');
    expect(number.price(0.00012)).toBe('0.00012');
    expect(number.price(1234.5)).toBe('1,234.50');
    expect(number.price(null)).toBe('–');
  });
  it('writes percents with their sign', () => {
    expect(number.percent(1.234)).toBe('+1.23 %');
    expect(number.percent(-1.235)).toBe('−1.24 %');
    expect(number.percent(-0.001)).toBe('0.00 %');
  });
  it('shortens shares and computed prices', () => {
    expect([300, 122.034169, 0.5, 13_001.99, null].map(number.sharesShort)).toEqual([
      '300',
      '122',
      '0.50',
      '13.0k',
      '–',
    ]);
    expect([89.2769, 1234.5, 0.42413].map(number.priceShort)).toEqual([
      '89.28',
      '1,234.50',
      '0.4241',
    ]);
    expect(number.part(0.969684)).toBe('97 %');
  });
  it('shortens', () => {
    const short = [0, 9.5, 987, 9999, 12_345, 456_789, 4_560_000, 7.2e9].map(number.compact);
    expect(short).toEqual(['0', '9.5', '987', '9,999', '12.3k', '457k', '4.56M', '7.20B']);
  });
  it('counts in words', () => {
    expect([1, 2, 3, 4, 11, 12, 13, 21, 112].map(ordinal)).toEqual([
      '1st',
      '2nd',
      '3rd',
      '4th',
      '11th',
      '12th',
      '13th',
      '21st',
      '112th',
    ]);
  });
});

describe('describeEvent', () => {
  const high = {
    type: 'high',
    symbol: 'AAPL',
    direction: 'up',
    price: 187.42,
    volume: 300,
    data: {
      count_up: 12,
      count_down: 3,
      coalesced: 4,
      percent_change: 1.2,
      vwap_divergence: -0.4,
      reversal: 'W-bottom',
      cancelled: false,
    },
    evidence: {
      trade_id: '71675',
      prior_extreme: 186.84,
      prior_extreme_ts: 1718719092123,
      thresholds: { period: 'MIDDAY', min_price_change: 0.01, min_percent_change: 0.1 },
    },
  } as unknown as EventBody;

  it('tells a high in plain words', () => {
    expect(describeEvent(high)).toEqual([
      'New session high 187.42, 0.31 % above the last one, 186.84 at 09:58:12.123.',
      'The 12th high of this session, with 4 new highs folded into it.',
      '1.20 % above the session’s open, 0.40 % below the volume-weighted average price.',
      'It completes a W-bottom with the highs and lows before it.',
      'Set by trade 71675 of 300 shares.',
    ]);
  });
  it('tells that it was taken back', () => {
    const cancelled = { ...high, price: 186.84, data: { ...high.data, cancelled: true } };
    expect(describeEvent(cancelled)[0]).toBe(
      'Taken back: the trade behind this high was cancelled. The session high is 186.84 again.',
    );
  });
  it('names what had to be passed', () => {
    expect(thresholds(high)).toEqual([
      ['Time of day', 'midday'],
      ['Least move', '$0.01'],
      ['Least change', '0.1 %'],
    ]);
  });
  it('says something of every type, data or not', () => {
    for (const type of ['low', 'trend', 'surge', 'valuation', 'control', 'rule'] as const) {
      const bare = { ...high, type, data: {}, evidence: {} };
      expect(describeEvent(bare)[0]?.length).toBeGreaterThan(5);
    }
  });
  const of = (type: string, direction: string, data: object): EventBody =>
    ({ ...high, type, direction, price: 50, confidence: 0.85, data, evidence: {} }) as EventBody;

  it('tells a trend, its turn and its age', () => {
    const data = {
      trend_strength: 'moderate',
      trend_score: -0.0812345,
      trend_vwap_position: 'below',
      trend_age: 600,
      reversal: false,
    };
    expect(describeEvent(of('trend', 'down', data))).toEqual([
      'Moderate trend down at 50.00, score −0.081.',
      'The direction has held for 10 min.',
      'The price is below the volume-weighted average price.',
    ]);
    const turned = { ...data, trend_age: 0, reversal: 'up-now-down' };
    expect(describeEvent(of('trend', 'down', turned))[1]).toBe(
      'It has turned: the trend was up before.',
    );
  });
  it('tells a surge and what set it off', () => {
    const data = {
      magnitude: 1.5,
      volume_multiplier: 4.25,
      surge_strength: 'strong',
      daily_surge_count: 2,
      trigger_type: 'volume_driven',
    };
    const told = describeEvent(of('surge', 'up', data));
    expect(told[0]).toContain('+1.50 %');
    expect(told[1]).toBe('The 2nd surge of this day, strong.');
    expect(told[2]).toContain('Very heavy volume');
  });
  it('tells what a bar says, with its timeframe', () => {
    const data = { timeframe: '5m', percent_change: 0.75, volume_multiplier: 3.5 };
    expect(describeEvent(of('high', 'up', data))[0]).toBe(
      "The 5m bar's high 50.00 is a new session high.",
    );
    expect(describeEvent(of('low', 'down', { ...data, timeframe: '1d' }))[0]).toContain(
      'the lowest of 20 days',
    );
    expect(describeEvent(of('surge', 'up', data))[0]).toContain('the 5m bar moved');
    expect(describeEvent(of('trend', 'up', data))[0]).toBe(
      'Trend up at 50.00: at least four of the last five 5-minute bars agree.',
    );
  });
  it('tells a valuation with its signal and confidence', () => {
    const data = { fair_value: 51, deviation: 2, signal: 'undervalued' };
    expect(describeEvent(of('valuation', 'up', data))).toEqual([
      'The fair value 51.00 is 2.00 % above the market price of 50.00: undervalued.',
      'Its confidence is 85 %.',
    ]);
  });
  it('names a rule of yours', () => {
    expect(describeEvent(of('rule', '', { rule: 'big-move' }))[0]).toBe(
      'Your rule big-move came true at 50.00.',
    );
  });
  it('tells a halt', () => {
    const halt = {
      ...high,
      type: 'control',
      price: null,
      data: { kind: 'halt', reason: 'LUDP' },
      evidence: null,
    } as EventBody;
    expect(describeEvent(halt)[0]).toContain('Trading in AAPL is halted (LUDP)');
  });
});
