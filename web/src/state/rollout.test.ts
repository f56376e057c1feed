import { describe, expect, it } from 'vitest';
import { prepare, readComparison } from './compare';
import { PathTrail } from './path-trail';
import { readRollout, type PathLatencies, type Phase } from './rollout';
import { readAudit, readDifferences, readIncidents, sideBySide } from './rollout-lists';
import {
  criterionFigure,
  flagObstacle,
  flagTree,
  partOver,
  reasonProblem,
  recommendationTone,
  timeLeft,
  typedSymbols,
} from './rollout-words';
import { readSettings } from './settings';

const phase = (changes: Partial<Phase>): Phase => ({
  number: 1,
  name: '',
  description: '',
  sinceMs: 0,
  durationHours: 24,
  elapsedHours: 6,
  criteria: [],
  canAdvance: false,
  refusal: '',
  ...changes,
});

describe('the rollout', () => {
  it('reads what is there, and nothing where nothing is', () => {
    expect(readRollout({ installed: false, how: 'x' })).toEqual({ installed: false, how: 'x' });
    const page = readRollout({
      installed: true,
      flags: { router_enabled: true, rollout_percentage: 1.5, rollout_tickers: ['A'] },
      phase: { number: 2, duration_hours: null, refusal: null },
      latency: { linear: { mean_us: 2.5, count: 4 } },
      window: { full: false, error_percent: 3 },
    });
    expect(page.installed && page.rollout).toMatchObject({
      flags: { switches: { router_enabled: true }, percentage: 1.5, tickers: ['A'], excluded: [] },
      phase: { number: 2, durationHours: null, refusal: '' },
      total: { latency: { linear: { mean: 2.5e-6, count: 4 } } },
      window: null,
      incident: null,
    });
  });

  it('says how long a phase has left', () => {
    expect(timeLeft(phase({}))).toBe('18 h left');
    expect(timeLeft(phase({ elapsedHours: 24 }))).toBe('its time is over');
    expect(timeLeft(phase({ durationHours: null }))).toBe('no end');
    expect(partOver(phase({}))).toBe(0.25);
  });

  it('knows which flag another one needs', () => {
    const root = flagTree[0];
    const router = root?.below?.[0];
    expect(root && flagObstacle(root, {})).toBe('');
    expect(router && flagObstacle(router, {})).toBe('needs Integration layer on first');
    const on = { integration_layer_enabled: true, router_enabled: true };
    expect(root && flagObstacle(root, on)).toBe('Router needs it: switch that off first');
    expect(router && flagObstacle(router, on)).toBe('');
  });

  it('takes a reason of 1 to 200 bytes, and symbols as they are typed', () => {
    expect(reasonProblem('  ')).toMatch(/needed/);
    expect(reasonProblem('é'.repeat(100))).toBe('');
    expect(reasonProblem('é'.repeat(101))).toMatch(/these are 202/);
    expect(typedSymbols('aapl, BACpA;aapl  msft')).toEqual(['AAPL', 'BACpA', 'MSFT']);
  });

  it('shows figures and what is recommended', () => {
    expect(criterionFigure(0.0314159, '%')).toBe('0.0314 %');
    expect(criterionFigure(5210, 'events')).toBe('5,210 events');
    const report = { recommendation: '', ready: false, performance: false, stability: false };
    const tone = (words: string) => recommendationTone({ ...report, recommendation: words });
    expect([tone('RECOMMEND: go'), tone('STOP: no'), tone('CAUTION: x'), tone('')]).toEqual([
      'good',
      'bad',
      'wait',
      'wait',
    ]);
  });

  it('puts what differs first, side by side', () => {
    const sides = sideBySide(
      { id: 'a', data: { n: 1, m: [1] } },
      { id: 'a', data: { n: 2, m: [1] } },
    );
    expect(sides.map((side) => [side.name, side.differs])).toEqual([
      ['data.n', true],
      ['id', false],
      ['data.m', false],
    ]);
    expect(sideBySide(null, { id: 'a' })[0]).toEqual({
      name: 'id',
      left: null,
      right: 'a',
      differs: false,
    });
  });

  it('reads the lists', () => {
    const clock = '1718720105123456800';
    const { shown } = readDifferences({ differences: [{ number: 3, clock, linear: { id: 'x' } }] });
    expect(shown[0]).toMatchObject({ clockMs: 1718720105123, left: { id: 'x' }, right: null });
    const [held] = readIncidents({ incidents: [{ id: 'i', wall: clock, resolved: null }] });
    expect(held).toMatchObject({ id: 'i', resolvedMs: null });
    expect(readAudit({ audit: [{ by: 'api:ann', reason: 'r' }] })[0]).toMatchObject({
      by: 'api:ann',
      reason: 'r',
    });
    expect(readComparison({ running: true, differences: [{ kind: 'missing' }] })).toMatchObject({
      running: true,
      differences: [{ kind: 'only_a' }],
    });
  });

  it('draws means of what came since the answer before', () => {
    const latency = (mean: number, count: number) => ({ mean, p50: 0, p99: 0, count });
    const at = (linear: [number, number], other: [number, number]): PathLatencies => ({
      linear: latency(...linear),
      multiChannel: latency(...other),
      added: latency(0, 0),
      pairs: 0,
      wins: 0,
    });
    const trail = new PathTrail();
    trail.add(at([1, 10], [1, 10]), 1000);
    expect(trail.points).toEqual([]);
    trail.add(at([2, 20], [1, 10]), 2000);
    expect(trail.points).toEqual([{ at: 2, linear: 3000, multiChannel: null }]);
    trail.add(at([1, 1], [1, 1]), 3000);
    expect(trail.points).toHaveLength(1);
  });

  it('prepares another configuration of what is typed', () => {
    const settings = [{ name: 'a.n', section: 'a', type: 'number', value: 1, default: 1 }];
    const [setting] = readSettings({ settings }).settings;
    if (setting === undefined) {
      throw new Error('none');
    }
    expect(prepare([{ setting, typed: '2' }])).toEqual({ values: { 'a.n': 2 }, problems: {} });
    expect(prepare([{ setting, typed: '1' }]).problems['a.n']).toMatch(/already/);
    expect(prepare([{ setting, typed: 'x' }]).problems['a.n']).toMatch(/number/i);
  });
});
