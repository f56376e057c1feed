import { describe, expect, it } from 'vitest';
import type { EventBody, EventType, StreamEvent } from '../stream/protocol';
import {
  changedFrom,
  mergeCandles,
  readCandles,
  sessionVwap,
  type Candle,
  type SessionFigures,
} from './candles';
import { anything, countOf, tapeFilter } from './filter';
import { candleOf, markersOf } from './markers';
import { Spacing, toneOf } from './tones';
import { readTrace } from './trace';

const candle = (t: number, close = 10, volume = 100, vwap: number | null = close): Candle => ({
  t,
  open: 10,
  high: Math.max(10, close),
  low: Math.min(10, close),
  close,
  volume,
  trades: 1,
  vwap,
});
const session = (volume: number, vwap: number | null, since = 0): SessionFigures => ({
  session: 'regular',
  open: 10,
  high: 20,
  low: 5,
  last: 10,
  volume,
  vwap,
  sinceMs: since,
});

describe('candles', () => {
  it('are read, and what is absent is null or empty', () => {
    const read = readCandles({
      symbol: 'A',
      interval_seconds: 60,
      complete_from: null,
      through: '1718720105123456789',
      candles: [{ t: 60, o: 1, h: 2, l: 0.5, c: 1.5, v: 10, n: 2, vwap: null }],
      session: { session: 'pre', open: 1, high: 2, low: 0.5, last: 1.5, volume: 10, vwap: 1.2 },
    });
    expect(read.throughMs).toBe(1718720105123);
    expect(read.completeFromMs).toBe(null);
    expect(read.candles[0]).toMatchObject({ t: 60, open: 1, close: 1.5, vwap: null });
    expect(read.session).toMatchObject({ session: 'pre', vwap: 1.2, sinceMs: 0 });
    expect(readCandles(7)).toMatchObject({ candles: [], session: null });
  });

  it('are merged: the answer’s where both tell, older ones kept, the newest in all', () => {
    const known = [candle(0, 1), candle(60, 2), candle(120, 3)];
    const merged = mergeCandles(known, [candle(120, 4), candle(180, 5)], 3);
    expect(merged.map(({ t, close }) => [t, close])).toEqual([
      [60, 2],
      [120, 4],
      [180, 5],
    ]);
    expect(mergeCandles(known, [], 2).map(({ t }) => t)).toEqual([60, 120]);
  });

  it('tell a chart what changed', () => {
    const before = [candle(0), candle(60)];
    expect(changedFrom([], before)).toBe(-1);
    expect(changedFrom(before, [candle(0), candle(60, 11)])).toBe(1);
    expect(changedFrom(before, [candle(0), candle(60, 11), candle(120)])).toBe(1);
    expect(changedFrom(before, [candle(0, 11), candle(60)])).toBe(-1);
    expect(changedFrom(before, [candle(60), candle(120)])).toBe(-1);
    expect(changedFrom(before, [candle(0)])).toBe(-1);
  });
});

describe('the session’s VWAP line', () => {
  it('ends at what the session says, and goes back by what each candle traded', () => {
    // 100 at 10, 300 at 14: 13 in all.
    const line = sessionVwap([candle(0, 10, 100), candle(60, 14, 300)], session(400, 13));
    expect(line).toEqual([10, 13]);
  });

  it('is exact where the candles do not reach the session’s beginning', () => {
    // 600 at 8 before; then as above.
    const line = sessionVwap([candle(0, 10, 100), candle(60, 14, 300)], session(1000, 10));
    expect(line[1]).toBe(10);
    expect(line[0]).toBeCloseTo((600 * 8 + 100 * 10) / 700);
  });

  it('has none before the session, and none without volume', () => {
    const line = sessionVwap([candle(0, 10, 100), candle(60, 10, 100)], session(100, 10, 60_000));
    expect(line).toEqual([null, 10]);
    expect(sessionVwap([candle(0)], session(0, null))).toEqual([null]);
    expect(sessionVwap([candle(0)], null)).toEqual([null]);
  });
});

const event = (type: EventType, ts: number, parts: Partial<EventBody> = {}): StreamEvent => {
  const body = {
    id: `${type}${ts}`,
    rev: 0,
    type,
    symbol: 'A',
    direction: type === 'low' ? 'down' : 'up',
    price: 10,
    ts,
    session: 'regular',
    source: 'tick',
    confidence: 1,
    priority: 2,
    volume: 100,
    data: {},
    evidence: null,
    ...parts,
  };
  return { offset: ts, event: body as EventBody, raw: '{}' };
};

describe('markers', () => {
  const all = new Set<EventType>(['high', 'low', 'trend', 'surge', 'valuation']);

  it('stand at the candle that holds the event, or nowhere', () => {
    const starts = [60, 120, 300];
    expect(candleOf(starts, 60, 119_999)).toBe(60);
    expect(candleOf(starts, 60, 120_000)).toBe(120);
    expect(candleOf(starts, 60, 200_000)).toBe(null);
    expect(candleOf(starts, 60, 1000)).toBe(null);
    expect(candleOf([], 60, 1000)).toBe(null);
  });

  it('gather what is of one kind in one candle, newest first', () => {
    const events = [
      event('high', 61_000),
      event('high', 62_000),
      event('low', 63_000),
      event('trend', 64_000, { direction: 'down' }),
      event('surge', 121_000),
      event('control', 65_000),
      event('high', 66_000, { data: { cancelled: true } }),
    ];
    const markers = markersOf(events, [60, 120], 60, all);
    expect(
      markers.map(({ id, up, events: some }) => [id, up, some.map(({ offset }) => offset)]),
    ).toEqual([
      ['high up 60', true, [62_000, 61_000]],
      ['low down 60', false, [63_000]],
      ['trend down 60', false, [64_000]],
      ['surge up 120', true, [121_000]],
    ]);
    expect(markersOf(events, [60, 120], 60, new Set()).length).toBe(0);
  });
});

describe('the tape’s criteria', () => {
  const passes = (criteria: object, entry: StreamEvent): boolean =>
    tapeFilter(new Set(), '', { ...anything, ...criteria })(entry.event);

  it('ask for direction, class and universe', () => {
    const low = event('low', 1);
    expect(passes({}, low)).toBe(true);
    expect(passes({ direction: 'up' }, low)).toBe(false);
    expect(passes({ direction: 'down' }, low)).toBe(true);
    expect(passes({ lowestClass: 1 }, low)).toBe(false);
    expect(passes({ lowestClass: 2 }, low)).toBe(true);
    expect(passes({ universe: { name: 'x', symbols: new Set(['B']) } }, low)).toBe(false);
    expect(passes({ universe: { name: 'x', symbols: new Set(['A']) } }, low)).toBe(true);
  });

  it('ask for least figures, which an event without them does not have', () => {
    const high = event('high', 1, { data: { percent_change: -1.5, rel_volume: 2, count_up: 3 } });
    for (const [figure, value] of [
      ['price', 10],
      ['change', 1.5],
      ['relative', 2],
      ['size', 100],
      ['nth', 3],
    ] as const) {
      expect(passes({ least: { [figure]: value } }, high)).toBe(true);
      expect(passes({ least: { [figure]: value + 0.1 } }, high)).toBe(false);
    }
    expect(passes({ least: { relative: 1 } }, event('trend', 1))).toBe(false);
  });

  it('let control events of the whole market pass, and are counted', () => {
    const halt = event('control', 1, { symbol: '', direction: null, price: null });
    expect(passes({ direction: 'up', least: { price: 5 } }, halt)).toBe(true);
    expect(countOf(anything)).toBe(0);
    expect(countOf({ ...anything, direction: 'up', least: { price: 1, nth: 2 } })).toBe(3);
  });
});

describe('tones', () => {
  it('are higher for what rises, and spaced', () => {
    const tone = (parts: Partial<EventBody>): number =>
      toneOf(event('surge', 1, parts).event).frequency;
    expect(tone({ direction: 'up' })).toBeGreaterThan(tone({ direction: 'down' }));
    const spacing = new Spacing(100);
    expect([0, 50, 100, 199, 200].map((now) => spacing.isDue(now))).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
  });
});

describe('a trace', () => {
  it('is read newest first, and says where a record ended', () => {
    const { records } = readTrace({
      symbol: 'A',
      records: [
        { sequence: 1, ts: 1e15, kind: 'trade', text: '1 × 2', fate: [], events: [] },
        {
          sequence: 2,
          fate: [
            { stage: 'router', outcome: 'out', reason: null, note: null },
            { stage: 'intake', outcome: 'dropped', reason: 'late_print', note: null },
          ],
          events: [{ id: 'ab', type: 'high', offset: null, text: 'x' }],
        },
      ],
    });
    expect(records.map(({ sequence }) => sequence)).toEqual([2, 1]);
    expect(records[0]?.stopped).toMatchObject({ stage: 'intake', reason: 'late_print' });
    expect(records[1]?.stopped).toBe(null);
    expect(readTrace(null)).toMatchObject({ from: 0, through: 0, closes: null, records: [] });
  });
});
