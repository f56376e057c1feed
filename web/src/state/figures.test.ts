import { describe, expect, it } from 'vitest';
import type { EventBody } from '../stream/protocol';
import { MarketClock } from './clock';
import { FrameBatcher } from './frame';
import { Leaders } from './leaders';
import { BucketSeries } from './series';

const open = Date.UTC(2024, 5, 18, 13, 30);

function extreme(
  symbol: string,
  up: number,
  down: number,
  at = open,
  session = 'regular',
): EventBody {
  const data = { count_up: up, count_down: down, percent_change: up - down };
  return {
    id: 'x',
    rev: 0,
    type: 'high',
    symbol,
    session,
    source: 'tick',
    price: 10,
    ts: at,
    data,
  } as unknown as EventBody;
}

describe('Leaders', () => {
  it('takes the counts of the newest event of each symbol', () => {
    const leaders = new Leaders();
    leaders.add(extreme('A', 1, 0));
    leaders.add(extreme('A', 5, 2, open + 1));
    leaders.add(extreme('B', 3, 0));
    leaders.add(extreme('C', 3, 7));
    expect([leaders.highs, leaders.lows]).toEqual([11, 9]);
    expect(leaders.top('highs', 2).map((each) => each.symbol)).toEqual(['A', 'B']);
    expect(leaders.top('lows', 9).map((each) => [each.symbol, each.lows])).toEqual([
      ['C', 7],
      ['A', 2],
    ]);
  });

  it('does not count back for an older event', () => {
    const leaders = new Leaders();
    leaders.add(extreme('A', 5, 2, open + 10));
    leaders.add(extreme('A', 4, 2, open + 5));
    expect(leaders.highs).toBe(5);
    expect(leaders.top('highs', 1)[0]?.percentChange).toBe(3);
  });

  it('starts anew with a session and ignores what comes late from the one before', () => {
    const leaders = new Leaders();
    leaders.add(extreme('A', 50, 0, open - 1000, 'pre'));
    leaders.add(extreme('B', 1, 0, open));
    leaders.add(extreme('A', 51, 0, open - 500, 'pre'));
    expect(leaders.highs).toBe(1);
    leaders.add(extreme('A', 2, 0, open + 86_400_000));
    expect(leaders.top('highs', 9).map((each) => each.symbol)).toEqual(['A']);
  });
});

describe('BucketSeries', () => {
  it('sums by bucket and slides', () => {
    const series = new BucketSeries(3, 1000);
    series.add(10_000);
    series.add(10_999);
    series.add(12_000, 5);
    expect(series.values()).toEqual([2, 0, 5]);
    expect(series.total(2)).toBe(5);
    series.advance(13_500);
    expect(series.values()).toEqual([0, 5, 0]);
    series.advance(99_000);
    expect(series.total()).toBe(0);
  });

  it('ignores what is older than the window', () => {
    const series = new BucketSeries(3, 1000);
    series.add(10_000);
    series.add(7_000);
    expect(series.values()).toEqual([0, 0, 1]);
    series.add(8_000);
    expect(series.values()).toEqual([1, 0, 1]);
  });
});

describe('MarketClock', () => {
  it('runs on at the pace it had, but not for long', () => {
    const clock = new MarketClock(1500);
    clock.tell(1_000_000, 100);
    clock.tell(1_002_000, 1100);
    expect(clock.at(1600)).toBe(1_003_000);
    expect(clock.at(60_000)).toBe(1_005_000);
  });

  it('takes no pace from answers that were held up and came together', () => {
    const clock = new MarketClock(1500);
    clock.tell(1_000_000, 100);
    clock.tell(1_001_000, 1100);
    clock.tell(1_002_000, 1105);
    expect(clock.at(1605)).toBe(1_002_500);
  });

  it('stands when the market stands, and tells since when', () => {
    const clock = new MarketClock();
    expect(clock.age(5)).toBeNull();
    clock.tell(1_000_000, 100);
    clock.tell(1_000_000, 1100);
    expect(clock.at(2000)).toBe(1_000_000);
    expect(clock.age(2100)).toBe(2000);
    clock.sawEvent(2000);
    expect(clock.age(2100)).toBe(100);
  });
});

describe('FrameBatcher', () => {
  it('runs each task once a frame', () => {
    const frames: (() => void)[] = [];
    const batcher = new FrameBatcher((run) => frames.push(run));
    let runs = 0;
    const task = (): void => void (runs += 1);
    batcher.request(task);
    batcher.request(task);
    expect([frames.length, runs]).toEqual([1, 0]);
    frames[0]?.();
    expect(runs).toBe(1);
    batcher.request(task);
    expect(frames.length).toBe(2);
  });
});
