import { describe, expect, it } from 'vitest';
import { ApiError } from '../stream/api';
import {
  changeWords,
  parseTyped,
  problemsOf,
  rangeWords,
  readOutcome,
  readSettings,
  sectionsOf,
  valueText,
} from './settings';

const page = readSettings({
  hash: '00ff',
  changed: '1772548200000000000',
  settings: [
    {
      name: 'high_low.min_price_change',
      type: 'decimal',
      value: 0.02,
      default: 0.01,
      accepted: '0 to 1000',
      unit: 'USD',
      sentence: 'How far a new extreme goes beyond the last one.',
      change: 'live',
      origin: 'tickstock.json:12',
      section: 'high_low',
    },
    {
      name: 'server.port',
      type: 'integer',
      value: 8080,
      default: 8080,
      accepted: '0 to 65535',
      sentence: 'Where the server listens.',
      change: 'restart',
      origin: 'default',
    },
    { name: 'server.allowed_hosts', type: 'list', value: ['a', 'b'], default: [] },
    { name: 'high_low.enabled', type: 'boolean', value: true, default: true },
    { name: 'auth.secret', type: 'text', value: null, default: null, hidden: true },
  ],
});
const [change, port, hosts, enabled] = page.settings as [
  (typeof page.settings)[0],
  (typeof page.settings)[0],
  (typeof page.settings)[0],
  (typeof page.settings)[0],
];

describe('settings', () => {
  it('are read, with the section from the name where there is none', () => {
    expect(page.hash).toBe('00ff');
    expect(page.changedMs).toBe(1772548200000);
    expect(port.section).toBe('server');
    expect(page.settings[4]).toMatchObject({ hidden: true, value: null });
  });

  it('stand in sections and are found by words', () => {
    const all = sectionsOf(page.settings, { words: '', changedOnly: false });
    expect(all.map((section) => [section.name, section.settings.length])).toEqual([
      ['high_low', 2],
      ['server', 2],
      ['auth', 1],
    ]);
    const found = sectionsOf(page.settings, { words: 'EXTREME price', changedOnly: false });
    expect(found.map((section) => section.settings.map((each) => each.name))).toEqual([
      ['high_low.min_price_change'],
    ]);
    const changed = sectionsOf(page.settings, { words: 'listen', changedOnly: true });
    expect(changed).toEqual([]);
  });

  it('are typed as what they are', () => {
    expect(parseTyped(change, ' 0.03 ')).toEqual({ value: 0.03, problem: null });
    expect(parseTyped(change, 'much').problem).toBe('A number, 0 to 1000.');
    expect(parseTyped(hosts, 'x, y ,')).toEqual({ value: ['x', 'y'], problem: null });
    expect(parseTyped(hosts, '')).toEqual({ value: [], problem: null });
    expect(parseTyped(enabled, 'false')).toEqual({ value: false, problem: null });
    expect(valueText(hosts.value)).toBe('a, b');
  });

  it('say range, unit and when a change acts', () => {
    expect(rangeWords(change)).toBe('0 to 1000 USD');
    expect(changeWords('session')).toMatch(/next session/);
    expect(changeWords('restart')).toMatch(/next start/);
  });
});

describe('an answer to a change', () => {
  it('lists differences, in the server’s words or in ours', () => {
    const outcome = readOutcome({
      changed: [
        { name: 'a', from: 1, to: 2, change: 'live', text: 'a: 1 -> 2 s' },
        { name: 'b', from: [], to: ['x'], change: 'session' },
      ],
      saved: 'tickstock.json',
      warning: null,
    });
    expect(outcome.changed.map((each) => each.text)).toEqual(['a: 1 -> 2 s', 'b: – -> x']);
    expect(outcome.saved).toBe('tickstock.json');
    expect(outcome.warning).toBe('');
  });

  it('puts each problem at its setting', () => {
    const error = new ApiError(422, 'invalid_setting', 'two problems', {
      problems: [
        { name: 'server.port', message: 'is too large', accepted: '0 to 65535', nearest: null },
        { name: 'x', message: 'unknown key, nearest is y', nearest: 'y', accepted: '' },
      ],
    });
    expect(problemsOf(error)).toEqual({
      'server.port': 'is too large; accepted: 0 to 65535',
      x: 'unknown key, nearest is y',
    });
  });

  it('names what needs a restart, and keeps the rest for the whole', () => {
    const restart = new ApiError(409, 'needs_restart', 'no', {
      needs_restart: [{ name: 'server.port' }],
    });
    expect(problemsOf(restart)['server.port']).toMatch(/restart/);
    expect(problemsOf(new ApiError(503, 'busy', 'the desk is busy'))).toEqual({
      '': 'the desk is busy',
    });
  });
});
