import { describe, expect, it } from 'vitest';
import type { EventBody } from '../stream/protocol';
import { factsOf, originOf } from './facts';
import { gaugeOf } from './gauge';
import { quarantineWords, suppressedWords } from './held';
import { rowText } from './row';
import { thresholds } from './thresholds';

const base = {
  id: 'aaaaaaaaaaaaaaaa',
  rev: 0,
  symbol: 'ELD',
  price: 16.48,
  ts: 1718720105000,
  session: 'regular',
  source: 'tick',
  confidence: 1,
  priority: 3,
};
const evidence = { trade_id: null, source_sequence: null, exchange: null, conditions: [] };
const make = (parts: object): EventBody => ({ ...base, ...parts }) as EventBody;

const trend = make({
  type: 'trend',
  direction: 'down',
  volume: 250,
  data: {
    trend_strength: 'moderate',
    trend_score: -0.038948,
    trend_short_score: -0.034052,
    trend_medium_score: -0.036834,
    trend_long_score: -0.046663,
    trend_vwap_position: 'below',
    trend_age: 300,
    reversal: 'up-now-down',
    count_up: 2,
    count_down: 4,
  },
  evidence: {
    ...evidence,
    thresholds: {
      direction_threshold: 0.0375,
      strength_threshold: 0.075,
      retracement: 0.5,
      min_data_points: 8,
      volatility_factor: 1,
      period: 'MIDDAY',
      origin: 'configured',
    },
    rule_version: 'trend/1',
    corroborated_by: ['ohlcv'],
    suppressed: ['fmv', 'websocket'],
    rules: [
      { rule: 'calm', action: 'transformed', field: 'score', value: 3 },
      { rule: 'seen', action: 'passed' },
    ],
  },
});
const surge = make({
  type: 'surge',
  direction: 'down',
  volume: 100,
  data: {
    magnitude: -0.302149,
    score: 69.435368,
    surge_strength: 'strong',
    trigger_type: 'price_and_volume',
    volume_multiplier: 5.310749,
    expiration: 1718720105000,
    daily_surge_count: 5,
    baseline: 261.46,
    description: 'down',
  },
  evidence: { ...evidence, thresholds: { min_percent_change: 0.3, volume_threshold: 3 } },
});
const valuation = make({
  type: 'valuation',
  direction: 'up',
  source: 'fmv',
  confidence: 0.969684,
  volume: null,
  data: {
    signal: 'undervalued',
    fair_value: 89.2769,
    reference: 88.33,
    deviation: 1.072003,
    strength: 0.10395,
  },
  evidence: { ...evidence, thresholds: { max_deviation: 5, min_deviation: 1 } },
});
const bar = make({
  type: 'trend',
  direction: 'down',
  source: 'ohlcv',
  volume: 931,
  data: { timeframe: '1m', percent_change: -0.057895, volume_multiplier: 0.330408 },
  evidence: { ...evidence, thresholds: { min_percent_change: 0.5 } },
});
const halt = make({
  type: 'control',
  price: null,
  volume: null,
  data: { kind: 'source_gap', reason: null },
  evidence: null,
});

const words = (event: EventBody, revised = false): string[] =>
  rowText(event, revised).notes.map((note) => note.text);

describe('a line of the tape', () => {
  it('shows a trend’s score and place, and its strength before its turn', () => {
    expect(rowText(trend, false)).toMatchObject({
      nth: 4,
      change: '−0.039',
      changeSide: -1,
      vwap: 'below',
      relative: null,
      size: '250',
    });
    expect(words(trend)).toEqual(['moderate', 'turned', '5 min']);
  });
  it('shows a surge', () => {
    expect(rowText(surge, false)).toMatchObject({ nth: 5, change: '−0.30 %', relative: 5.310749 });
    expect(rowText(surge, false).notes).toEqual([{ text: 'strong', kind: 'strong' }]);
  });
  it('shows a valuation without a volume', () => {
    expect(rowText(valuation, false)).toMatchObject({ change: '+1.07 %', vwap: '–', size: '–' });
    expect(words(valuation)).toEqual(['undervalued', 'fair 89.28']);
  });
  it('shows a bar with its timeframe', () => {
    expect(rowText(bar, false)).toMatchObject({ nth: null, change: '−0.06 %' });
    expect(words(bar)).toEqual(['1m']);
  });
  it('shows what happened to an event first', () => {
    expect(words(trend, true)[0]).toBe('revised');
    const cancelled = { ...trend, data: { ...trend.data, cancelled: true } };
    expect(words(cancelled, true)[0]).toBe('cancelled');
  });
  it('shows a rule by its name and a control event by its kind', () => {
    const rule = make({ type: 'rule', volume: 5, data: { rule: 'big-move', count: 3 }, evidence });
    expect(rowText(rule, false)).toMatchObject({ nth: 3, change: '–' });
    expect(words(rule)).toEqual(['big-move']);
    expect(words(halt)).toEqual(['source gap']);
  });
});

describe('the facts of an event', () => {
  it('are never raw', () => {
    for (const event of [trend, surge, valuation, bar, halt]) {
      const all = [...factsOf(event), ...thresholds(event), ...originOf(event, 7)];
      for (const [label, value] of all) {
        expect(`${label} ${value}`).not.toMatch(/_|null|undefined|NaN|false|\d\.\d{5}| -\d|\d{15}/);
      }
    }
  });
  it('tell a surge’s end in market time', () => {
    expect(factsOf(surge)).toContainEqual(['Marks highs and lows until', '10:15:05 ET']);
    expect(factsOf(surge)).toContainEqual(['Strength', 'strong, 69 of 100']);
  });
  it('tell a trend’s turn', () => {
    expect(factsOf(trend)).toContainEqual(['Turned', 'yes, up before']);
    const going = { ...trend, data: { ...trend.data, reversal: false as const, trend_age: 0 } };
    expect(factsOf(going)).toContainEqual(['Turned', 'no']);
    expect(factsOf(going)).toContainEqual(['Direction held', 'since this event']);
  });
  it('name limits with their units', () => {
    expect(thresholds(trend)).toEqual([
      ['Score of a trend', '0.0375'],
      ['Score of a strong trend', '0.075'],
      ['Ends when it gives back', '50 %'],
      ['Least samples', '8'],
      ['Factor for volatility', '1×'],
      ['Time of day', 'midday'],
      ['Limits are', 'configured'],
    ]);
    expect(thresholds(bar)).toEqual([['Least change of five bars', '0.5 %']]);
  });
  it('tell who agreed, who lost and which rules acted', () => {
    const origin = originOf(trend, 1234);
    expect(origin).toContainEqual(['Also told by', 'bars']);
    expect(origin).toContainEqual(['Told otherwise, and lost', 'fair values, second feed']);
    expect(origin).toContainEqual(['Your rule calm', 'transformed: score 3']);
    expect(origin).toContainEqual(['Your rule seen', 'passed']);
    expect(origin).toContainEqual(['Logic', 'trend, version 1']);
    expect(origin.map(([label]) => label)).not.toContain('Trade');
  });
  it('name the price band', () => {
    const banded = { ...surge, evidence: { ...surge.evidence, luld_band: 'upper' } };
    expect(originOf(banded, 1)).toContainEqual(['Price band', 'at or beyond the upper band']);
    expect(words(banded)).toContain('upper band');
  });
});

describe('the gauge', () => {
  it('draws a trend’s windows about the middle, with its limits', () => {
    const gauge = gaugeOf(trend);
    expect(gauge?.rows.map((row) => row.label)).toEqual(['3 min', '6 min', '10 min', 'All']);
    const all = gauge?.rows[3];
    expect(all?.text).toBe('−0.039');
    expect(all?.at).toBeCloseTo(-Math.sqrt(0.038948));
    // Past the limit of a trend, short of that of a strong one.
    expect(all?.marks).toHaveLength(4);
    const [least, strong] = [Math.sqrt(0.0375), Math.sqrt(0.075)];
    expect(-(all?.at ?? 0)).toBeGreaterThan(least);
    expect(-(all?.at ?? 0)).toBeLessThan(strong);
  });
  it('draws a surge against its limits', () => {
    const gauge = gaugeOf(surge);
    expect(gauge?.rows.map((row) => row.text)).toEqual(['−0.30 %', '5.3×']);
    expect(gauge?.rows[1]?.at).toBeCloseTo(5.310749 / 9);
  });
  it('draws a fair value from the market’s price', () => {
    expect(gaugeOf(valuation)?.rows).toEqual([
      { label: 'Fair 89.2769', text: '+1.07 %', at: 1.072003 / 5, marks: [-0.2, 0.2] },
    ]);
  });
  it('never leaves its ends, and is left out without its figures', () => {
    const wild = { ...valuation, data: { ...valuation.data, deviation: -80 } };
    expect(gaugeOf(wild)?.rows[0]?.at).toBe(-1);
    for (const type of ['trend', 'surge', 'valuation'] as const) {
      expect(gaugeOf(make({ type, data: {}, evidence: {} }))).toBeNull();
    }
    expect(gaugeOf(bar)).toBeNull();
    expect(gaugeOf(halt)).toBeNull();
  });
});

describe('what was held back', () => {
  const trade = {
    symbol: 'OPM',
    timeMs: 1,
    price: 50.64,
    level: 70.515,
    size: 400,
    reason: '28.19 % from 70.515, limit 20 %',
    laterAccepted: false,
  };
  it('says on which side a trade was off', () => {
    expect(quarantineWords(trade)).toEqual(['28.19 % below 70.515', ', limit 20 %']);
    expect(quarantineWords({ ...trade, price: 99, laterAccepted: true })).toEqual([
      '28.19 % above 70.515',
      ', limit 20 %, confirmed since',
    ]);
    expect(quarantineWords({ ...trade, reason: 'odd' })).toEqual(['odd', '']);
  });
  it('says why a detection is no event', () => {
    const detection = {
      symbol: 'A',
      type: 'low',
      source: 'ohlcv',
      direction: 'down',
      price: 5,
      timeMs: 1,
      reason: 'corroboration',
    };
    expect(suppressedWords(detection)).toBe('Low by bars, told before');
    expect(suppressedWords({ ...detection, reason: 'superseded' })).toBe('Low by bars, lost');
    expect(suppressedWords({ ...detection, reason: 'new_one' })).toBe('Low by bars, new one');
  });
});
