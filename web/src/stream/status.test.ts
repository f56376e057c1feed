import { expect, it } from 'vitest';
import { parseExact } from './json';
import { readStatus } from './status';

const answer = `{"version":"0.1.0","ready":true,"clock":1718720105123456789,"session":"regular",
"period":"MIDDAY","symbols":1000,"rates":{"records_per_second":1234.5,"records_per_second_peak":2000},
"accounting":{"closes":true,
  "sources":{"in":12,"out":10,"held":0,"dropped":{"malformed":2}},
  "intake":{"in":10,"out":6,"held":1,"dropped":{"closed":1,"quarantined":2}}},
"channels":[{"name":"tick","status":"active","healthy":true,"records":200,"events":3,"errors":1,
  "queue_size":5,"queue_limit":1000,"records_per_second":99.5}],
"sources":[{"name":"synthetic","detail":"seed 1","state":"streaming","speed":2}],
"clients":{"websocket":3}}`;

it('reads an answer', () => {
  const status = readStatus(parseExact(answer));
  expect(status).toMatchObject({
    ready: true,
    clockMs: 1718720105123,
    session: 'regular',
    period: 'MIDDAY',
    symbols: 1000,
    recordsPerSecond: 1234.5,
    recordsPerSecondPeak: 2000,
    clients: 3,
    closes: true,
  });
  expect(status.channels[0]).toMatchObject({ name: 'tick', successRate: 99.5, queueLimit: 1000 });
  expect(status.stages.map((stage) => stage.name)).toEqual(['sources', 'intake']);
  expect(status.stages[1]).toMatchObject({
    dropped: [
      ['quarantined', 2],
      ['closed', 1],
    ],
    droppedTotal: 3,
    closes: true,
  });
  expect(status.sources).toEqual([
    { name: 'synthetic', detail: 'seed 1', state: 'streaming', speed: 2 },
  ]);
});

it('reads what was held back, newest first, and counts all of it', () => {
  const { held, eventsByType } = readStatus(
    parseExact(`{"events_by_type":{"trend":7,"rule":0},
"accounting":{"intake":{"in":787,"dropped":{"quarantined":787}},
  "coordination":{"in":9,"dropped":{"corroboration":7,"superseded":2}}},
"alerts":[{"type":"rule_disabled","severity":"error","message":"off","value":3,"raised":null}],
"quarantine":[
  {"symbol":"OLD","ts":1718720105123456789,"price":9,"level":10,"size":5,"outcome":"third_accepted"},
  {"symbol":"NEW","ts":1718720106123456789,"price":50.64,"level":70.515,"size":400,
   "reason":"28.19 % from 70.515, limit 20 %","outcome":"held_back"}],
"suppressed":[{"symbol":"A","type":"low","source":"ohlcv","ts":1718720105123456789,"price":5,
  "reason":"corroboration","event":null}],
"rules":[{"name":"big","kind":"event","acted":4,"failed":1,"disabled_symbols":2}]}`),
  );
  expect(eventsByType).toEqual({ trend: 7, rule: 0 });
  expect(held).toMatchObject({
    tradesTotal: 787,
    corroborated: 7,
    superseded: 2,
    alerts: [{ severity: 'error', message: 'off', timeMs: 0 }],
    detections: [{ symbol: 'A', source: 'ohlcv', reason: 'corroboration' }],
    rules: [{ name: 'big', kind: 'event', acted: 4, failed: 1, disabledSymbols: 2 }],
  });
  expect(held.trades.map((trade) => [trade.symbol, trade.timeMs, trade.laterAccepted])).toEqual([
    ['NEW', 1718720106123, false],
    ['OLD', 1718720105123, true],
  ]);
});

it('reads the parts of the engine, decisions newest first', () => {
  const { engine, channels } = readStatus(
    parseExact(`{"draining":true,
"channels":[{"name":"fmv","status":"paused","parked":7,"timed_out":2,"circuit":"open",
  "why_unhealthy":["slow"],"batch_seconds":{"count":3,"p99":0.002}},
  {"name":"tick","batch_seconds":{"count":0,"p99":null}}],
"shard_details":[{"shard":0,"symbols":5,"lag_records":9,"lag_seconds":0.5,"reading_from_file":true}],
"journal":{"state":"disk_full","reason":"no space","last":100,"durable":90,"bytes":4096,"segments":2},
"router":{"strategy":"hash_based","circuit":"half_open","success_rate":99.5,"moves":1},
"snapshot":{"age_seconds":null,"failures":1},
"shed":{"level":2,"pending":98500,"capacity":100000,"by_class":{"3":5,"4":7}},
"recovery":{"done":true,"had_journal":true,"had_snapshot":true,"entries_run":1200,"new_epoch":false},
"decision_total":2,"decisions":[
  {"sequence":5,"kind":"shed_change","text":"shed 1","by":"control","clock":1718720105123456789},
  {"sequence":8,"kind":"channel_change","text":"pause fmv","by":"api","clock":1718720106123456789}]}`),
  );
  expect(channels[0]).toMatchObject({ parked: 7, timedOut: 2, p99: 0.002, whyUnhealthy: ['slow'] });
  expect(channels[1]?.p99).toBeNull();
  expect(engine).toMatchObject({
    draining: true,
    shards: [{ symbols: 5, lagRecords: 9, readingFromFile: true }],
    journal: { state: 'disk_full', reason: 'no space', notDurable: 10 },
    router: { circuit: 'half_open', successRate: 99.5, moves: 1 },
    snapshotAge: null,
    snapshotFailures: 1,
    shedLevel: 2,
    shedTotal: 12,
    recovery: 'from a snapshot and 1,200 journal entries',
    decisionTotal: 2,
  });
  expect(engine.decisions.map((one) => [one.sequence, one.clockMs])).toEqual([
    [8, 1718720106123],
    [5, 1718720105123],
  ]);
});

it('sees sums that do not close', () => {
  const status = readStatus({ accounting: { closes: true, intake: { in: 10, out: 8 } } });
  expect(status.closes).toBe(false);
  expect(readStatus({ accounting: { closes: false } }).closes).toBe(false);
});

it.each([
  null,
  7,
  'text',
  [],
  {},
  { channels: [null, 'x'], accounting: [], sources: 3 },
  { journal: 3, router: [], shard_details: {}, decisions: [null], shed: { by_class: [] } },
  { alerts: [7], quarantine: 'x', suppressed: [null], rules: {}, events_by_type: [] },
])('never fails on %j', (json) => {
  const status = readStatus(json);
  expect(status.ready).toBe(false);
  expect(status.clockMs).toBe(0);
});
