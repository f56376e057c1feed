import { describe, expect, it } from 'vitest';
import { readStatus } from '../stream/status';
import { readDebug, readHealth, thresholdWords } from './health';
import { Trail } from './trail';

describe('the health page’s data', () => {
  it('reads the overview and the recent figures of channels', () => {
    const health = readHealth({
      system_overview: {
        status: 'DEGRADED',
        memory_used_bytes: 5e8,
        memory_limit_bytes: 2e9,
        active_symbols: { tick: 1000, fmv: 7 },
        router: { success_rate: 99.5, errors: 2, circuit: 'open' },
      },
      channel_details: [
        { name: 'default_fmv', type: 'fmv', p99_ms: 3, p50_ms: null, mean_confidence: 0.9 },
      ],
      performance_thresholds: { latency_p99_ms: 50, note: 'no number' },
    });
    expect(health.overview).toMatchObject({
      status: 'DEGRADED',
      memoryBytes: 5e8,
      activeSymbols: [
        ['tick', 1000],
        ['fmv', 7],
      ],
      routerSuccess: 99.5,
      routerCircuit: 'open',
    });
    expect(health.channels).toEqual([
      { name: 'fmv', p50: null, p95: null, p99: 0.003, successRate: null, meanConfidence: 0.9 },
    ]);
    expect(health.thresholds).toEqual([['latency_p99_ms', 50]]);
  });

  it('reads anything else as empty', () => {
    for (const json of [null, 'x', [], { channel_details: 3 }]) {
      expect(readHealth(json).channels).toEqual([]);
      expect(readDebug(json).slowest).toEqual([]);
    }
  });

  it('shows the newest error first and the slowest record first', () => {
    const debug = readDebug({
      last_errors: [
        { sequence: 1, clock: 1e18, text: 'old' },
        { sequence: 2, clock: 1e18, text: 'new' },
      ],
      slowest: [
        { sequence: 9, symbol: 'A', seconds: 0.5, records: 1 },
        { sequence: 3, symbol: 'B', seconds: 0.1, records: 4 },
      ],
    });
    expect(debug.errors.map((each) => each.text)).toEqual(['new', 'old']);
    expect(debug.slowest.map((each) => each.symbol)).toEqual(['A', 'B']);
  });

  it('gives thresholds their units', () => {
    expect(thresholdWords('latency_p99_ms', 50)).toEqual({ name: 'latency p99', text: '50 ms' });
    expect(thresholdWords('success_warning_percent', 95).text).toBe('95 %');
    expect(thresholdWords('memory_bytes', 2e9).text).toBe('2.00 GB');
    expect(thresholdWords('other', 3)).toEqual({ name: 'other', text: '3' });
  });
});

describe('the trail', () => {
  const status = (cpu: number, rate: number) =>
    readStatus({
      channels: [{ name: 'tick', records_per_second: rate, queue_size: 1 }],
      threads: [{ name: 'server', cpu_seconds: cpu }],
    });

  it('keeps a bounded number of points', () => {
    const trail = new Trail();
    for (let i = 0; i < 3 * Trail.points; ++i) {
      trail.add(status(0, i), i);
    }
    expect(trail.of('tick')).toHaveLength(Trail.points);
    expect(trail.of('tick').at(-1)?.recordsPerSecond).toBe(3 * Trail.points - 1);
    expect(trail.of('none')).toEqual([]);
  });

  it('makes a rate of processor times, and none over a restart', () => {
    const trail = new Trail();
    expect(trail.cpuOf('server')).toBeNull();
    trail.add(status(10, 0), 0);
    expect(trail.cpuOf('server')).toBeNull();
    trail.add(status(10.5, 0), 2000);
    expect(trail.cpuOf('server')).toBeCloseTo(0.25);
    trail.add(status(0.1, 0), 3000);
    expect(trail.cpuOf('server')).toBeNull();
  });
});
