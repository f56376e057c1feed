import { describe, expect, it } from 'vitest';
import { accepts, figure, inOrder, rankOf, readSums } from './alert-view';
import { readAlert } from './alerts.svelte';

const alert = (changes: object) =>
  readAlert({
    id: 1,
    type: 'QUEUE_OVERFLOW',
    severity: 'warning',
    channel: 'tick',
    message: 'The queue of tick is 80 % full',
    raised: '1772548200000000000',
    ...changes,
  });
const none: ReadonlySet<string> = new Set();

describe('the alerts page', () => {
  it('reads sums, webhook and rules', () => {
    const sums = readSums({
      raised: 5,
      resolved: 4,
      suppressed: 1,
      looked: '1772548200000000000',
      webhook: { sent: 9, failed: 1, dropped: 0, waiting: 2 },
      rules: [
        {
          name: 'HIGH_LATENCY',
          metric: 'p99',
          op: '>',
          threshold: 50,
          severity: 'warning',
          for_seconds: 60,
          built_in: true,
        },
      ],
    });
    expect(sums).toMatchObject({ raised: 5, lookedMs: 1772548200000 });
    expect(sums.webhook).toEqual({ sent: 9, failed: 1, dropped: 0, waiting: 2 });
    expect(sums.rules[0]).toMatchObject({ name: 'HIGH_LATENCY', forSeconds: 60, builtIn: true });
    expect(readSums({})).toMatchObject({ webhook: null, rules: [], lookedMs: 0 });
  });

  it('puts the worst first, then the newest', () => {
    const sorted = inOrder([
      alert({ id: 1, severity: 'info', raised: '3000000000' }),
      alert({ id: 2, severity: 'critical', raised: '1000000000' }),
      alert({ id: 3, severity: 'critical', raised: '2000000000' }),
      alert({ id: 4, severity: 'made up', raised: '9000000000' }),
    ]);
    expect(sorted.map((each) => each.id)).toEqual([3, 2, 1, 4]);
    expect(rankOf('error')).toBeLessThan(rankOf('warning'));
  });

  it('filters by severity and by words', () => {
    expect(accepts({ severities: none, words: '' }, alert({}))).toBe(true);
    expect(accepts({ severities: new Set(['error']), words: '' }, alert({}))).toBe(false);
    expect(accepts({ severities: new Set(['warning']), words: 'TICK full' }, alert({}))).toBe(true);
    expect(accepts({ severities: none, words: 'tick journal' }, alert({}))).toBe(false);
    expect(accepts({ severities: none, words: 'null' }, alert({ channel: null }))).toBe(false);
  });

  it('shows figures with the digits that matter', () => {
    expect(figure(null)).toBe('–');
    expect(figure(12345.678)).toBe('12,346');
    expect(figure(12.345)).toBe('12.35');
    expect(figure(0.01254)).toBe('0.0125');
  });
});
