// Pages over HTTP, and the declared types against events of the built-in market.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { HttpError, TickStockClient } from '../../dist/index.js';
import {
  Server,
  atEnd,
  replayedBodies,
  real,
  temporaryFolder,
  until,
  writeSmallFile,
} from '../support/server.mjs';

test('pages of events, symbols and the status', real, async (t) => {
  const path = writeSmallFile(temporaryFolder(t), 300);
  const bodies = replayedBodies(path);
  const server = await Server.replay(t, path, '--speed', '0', '--data', temporaryFolder(t));
  const { epoch, offset } = await server.inputEnded();
  const client = new TickStockClient({ url: server.url });
  const seen = [];
  for (let since = { epoch, offset: 0 }; since.offset < offset;) {
    const page = await client.events({ since, limit: 100 });
    assert.deepEqual([page.recovered, page.gap, page.epoch], [true, null, epoch]);
    page.events.forEach(({ raw, offset: at }) => {
      seen.push(raw);
      assert.equal(at, seen.length);
    });
    since = page.next;
  }
  assert.deepEqual(seen, bodies);
  const lows = await client.events({
    symbols: ['BBB', 'CCC'],
    types: ['low'],
    filter: { directions: ['down'] },
    limit: 7,
  });
  assert.equal(lows.events.length, 7);
  assert(
    lows.events.every(({ event }) => ['BBB', 'CCC'].includes(event.symbol) && event.type === 'low'),
  );
  const gone = await client.events({ since: { epoch: 'another', offset: 1 } });
  assert.deepEqual([gone.recovered, gone.gap.reason], [false, 'epoch_changed']);
  const { latest, ...page } = await client.symbol('AAA');
  assert.deepEqual(page, { symbol: 'AAA', epoch, offset });
  assert.equal(
    latest.high.raw,
    bodies.findLast((body) => /"high","symbol":"AAA"/.test(body)),
  );
  await assert.rejects(
    client.symbol('N/A?'),
    (error) => error instanceof HttpError && error.status === 404 && error.code === 'not_found',
  );
  await assert.rejects(client.events({ limit: 0 }), { code: 'bad_request' });
  const status = await client.status();
  assert.deepEqual([status.epoch, status.offset], [epoch, offset]);
  client.close();
});

/** Members of an interface, from the compiled declarations. */
function membersOf(name) {
  const text = readFileSync(new URL('../../dist/events.d.ts', import.meta.url), 'utf8').replace(
    /\/\*[\s\S]*?\*\//g,
    '',
  );
  const body = new RegExp(`interface ${name}[^{]*\\{([\\s\\S]*?)\\n\\}`).exec(text)[1];
  return [...body.replace(/\{[\s\S]*?\}/g, '{}').matchAll(/^ {4}(\w+)\??:/gm)].map(
    ([, member]) => member,
  );
}

const dataOf = {
  high: 'HighLowData',
  low: 'HighLowData',
  trend: 'TrendData',
  surge: 'SurgeData',
  valuation: 'ValuationData',
  rule: 'RuleData',
  control: 'ControlData',
};
const common = [
  ...membersOf('Common'),
  'type',
  'direction',
  'price',
  'source',
  'volume',
  'data',
  'evidence',
];

test('every event has the members that its type declares', real, async (t) => {
  const server = await Server.start(t, '--data', temporaryFolder(t));
  const client = new TickStockClient({ url: server.url });
  atEnd(t, () => client.close());
  const kinds = new Set();
  const check = ({ event, raw }) => {
    const isBar = event.source === 'ohlcv' && event.type !== 'rule';
    kinds.add(isBar ? `bar ${event.type}` : event.type);
    assert.deepEqual(Object.keys(event).sort(), [...common].sort(), raw);
    assert.deepEqual(
      Object.keys(event.data).sort(),
      membersOf(isBar ? 'BarData' : dataOf[event.type]).sort(),
      raw,
    );
    if (event.evidence) {
      assert.deepEqual(Object.keys(event.evidence).sort(), membersOf('Evidence').sort(), raw);
    } else {
      assert.equal(event.type, 'control');
    }
    for (const [ms, text] of [
      [event.ts, event.ts_raw],
      [event.data.expiration, event.data.expiration_raw],
    ]) {
      assert.equal(ms, text && Number(BigInt(text) / 1_000_000n));
    }
  };
  client.subscribe(
    { since: 'snapshot' },
    { onSnapshot: ({ events }) => events.forEach(check), onEvent: check },
  );
  const expected = [
    'high',
    'low',
    'trend',
    'surge',
    'valuation',
    'bar high',
    'bar surge',
    'bar trend',
  ];
  await until(() => expected.every((kind) => kinds.has(kind)));
});
