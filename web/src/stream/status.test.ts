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

it('sees sums that do not close', () => {
  const status = readStatus({ accounting: { closes: true, intake: { in: 10, out: 8 } } });
  expect(status.closes).toBe(false);
  expect(readStatus({ accounting: { closes: false } }).closes).toBe(false);
});

it.each([null, 7, 'text', [], {}, { channels: [null, 'x'], accounting: [], sources: 3 }])(
  'never fails on %j',
  (json) => {
    const status = readStatus(json);
    expect(status.ready).toBe(false);
    expect(status.clockMs).toBe(0);
  },
);
