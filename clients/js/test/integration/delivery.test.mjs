// Against the real server: every event once, in order, byte for byte, whatever ends the line meanwhile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { TickStockClient } from '../../dist/index.js';
import { NodeWebSocket } from '../../dist/transport/node/index.js';
import { Random } from '../support/random.mjs';
import {
  Server,
  atEnd,
  replayedBodies,
  real,
  temporaryFolder,
  until,
  writeSmallFile,
} from '../support/server.mjs';

const quick = { reconnect: { minMs: 20, maxMs: 100, capMs: 500 } };

function clientOf(t, server, options = {}) {
  const client = new TickStockClient({ url: server.url, ...quick, ...options });
  client.on('fault', (fault) => assert.fail(`the server is blamed: ${fault.message}`));
  atEnd(t, () => client.close());
  return client;
}

/** All items of a tape until its position reaches `end`. */
async function follow(tape, end) {
  const items = [];
  const loop = tape[Symbol.asyncIterator]();
  for (let next = loop.next(); ;) {
    const result = await Promise.race([next, sleep(50, 'pause')]);
    if (result !== 'pause') {
      items.push(result.value);
      next = loop.next();
    }
    const { position } = tape;
    if (position && position.epoch === end.epoch && position.offset >= end.offset) {
      tape.close();
      return items;
    }
  }
}

const bodiesOf = (items) => items.filter(({ kind }) => kind === 'event').map(({ raw }) => raw);

const sockets = {
  own: NodeWebSocket,
  ...(globalThis.WebSocket && { global: globalThis.WebSocket }),
};
for (const [name, WebSocket] of Object.entries(sockets)) {
  test(`a whole replay by the ${name} WebSocket`, real, async (t) => {
    const path = writeSmallFile(temporaryFolder(t));
    const bodies = replayedBodies(path);
    assert(bodies.length > 1000);
    const server = await Server.replay(t, path, '--speed', '0', '--data', temporaryFolder(t));
    const { epoch, offset } = await server.inputEnded();
    assert.equal(offset, bodies.length);
    const client = clientOf(t, server, { WebSocket });
    const start = { epoch, offset: 0 };
    const all = client.subscribe({ since: start });
    const slow = client.subscribe({ since: start, maxBuffered: 50 });
    const some = client.subscribe({
      since: start,
      symbols: ['BBB', 'EEE'],
      types: ['low'],
      filter: { min_price: '99.10', directions: ['down'] },
    });
    const [everything, slowly, chosen] = await Promise.all(
      [all, slow, some].map((tape) => follow(tape, { epoch, offset })),
    );
    assert.deepEqual(bodiesOf(everything), bodies);
    everything.slice(1).forEach((item, i) => assert.equal(item.offset, i + 1));
    assert.deepEqual(bodiesOf(slowly), bodies);
    assert(slowly.filter(({ kind }) => kind === 'recovered').length > 5, 'it had to pause');
    const wanted = bodies.filter((body) => {
      const { symbol, type, price, direction } = JSON.parse(body);
      return (
        ['BBB', 'EEE'].includes(symbol) && type === 'low' && direction === 'down' && price >= 99.1
      );
    });
    assert(wanted.length > 10 && wanted.length < bodies.length / 2);
    assert.deepEqual(bodiesOf(chosen), wanted);
    for (const tape of [all, slow, some]) {
      assert.deepEqual([tape.complete, tape.duplicates], [true, 0]);
    }
  });
}

test('kill -9 and restart: nothing is missing and nothing comes twice', real, async (t) => {
  const random = new Random(5);
  const path = writeSmallFile(temporaryFolder(t));
  const bodies = replayedBodies(path);
  const data = temporaryFolder(t);
  // Slow enough that no kill comes after the last event.
  const options = ['--speed', '40', '--data', data, '--set', 'snapshot.interval_seconds=1'];
  let server = await Server.replay(t, path, ...options);
  const { port } = server;
  const { epoch } = await server.status();
  const client = clientOf(t, server);
  const items = [];
  const tape = client.subscribe(
    { since: { epoch, offset: 0 } },
    { onItem: (item) => items.push(item) },
  );
  for (let kill = 0; kill < 4; ++kill) {
    const before = items.length;
    await until(() => items.length > before + 20 + random.below(200));
    await server.kill();
    server = await Server.replay(t, path, ...options, '--port', port);
  }
  await server.inputEnded();
  const end = await server.status();
  await until(() => tape.position.epoch === end.epoch && tape.position.offset >= end.offset);
  const kinds = items.map(({ kind }) => kind);
  assert(kinds.filter((kind) => kind !== 'event').length >= 4, 'the line broke');
  console.log(end.epoch === epoch ? 'the epoch lived on' : 'the epoch changed');
  if (end.epoch === epoch) {
    assert.deepEqual(bodiesOf(items), bodies);
    assert.deepEqual([tape.complete, tape.gaps.length], [true, 0]);
  } else {
    assert(!tape.complete && kinds.includes('gap') && kinds.includes('reset'));
    assert.deepEqual([...new Set(bodiesOf(items))].sort(), [...bodies].sort());
  }
});

test(
  'a new stream under the same address is told, and the old events do not come again',
  real,
  async (t) => {
    const path = writeSmallFile(temporaryFolder(t), 300);
    const bodies = replayedBodies(path);
    let server = await Server.replay(t, path, '--speed', '0', '--data', temporaryFolder(t));
    const { port } = server;
    const first = await server.inputEnded();
    const client = clientOf(t, server);
    const items = [];
    const tape = client.subscribe(
      { since: { epoch: first.epoch, offset: 0 } },
      { onItem: (item) => items.push(item) },
    );
    await until(() => tape.position?.offset === first.offset);
    await server.kill();
    server = await Server.replay(
      t,
      path,
      '--speed',
      '0',
      '--data',
      temporaryFolder(t),
      '--port',
      port,
    );
    const second = await server.inputEnded();
    assert.notEqual(second.epoch, first.epoch);
    await until(
      () => tape.position.epoch === second.epoch && tape.position.offset === second.offset,
    );
    assert.deepEqual(bodiesOf(items), bodies);
    assert.equal(tape.duplicates, bodies.length);
    assert.deepEqual(tape.gaps[0], {
      epoch: first.epoch,
      from: first.offset + 1,
      to: null,
      reason: 'epoch_changed',
    });
    assert(items.some(({ kind, reason }) => kind === 'reset' && reason === 'epoch_changed'));
  },
);

test('a page that is loaded again goes on where it was', real, async (t) => {
  const path = writeSmallFile(temporaryFolder(t), 300);
  const bodies = replayedBodies(path);
  const server = await Server.replay(t, path, '--speed', '0', '--data', temporaryFolder(t));
  const { epoch, offset } = await server.inputEnded();
  const seen = [];
  let positions = { page: { epoch, offset: 0 } };
  while (positions.page.offset < offset) {
    const client = clientOf(t, server, { positions });
    let count = 0;
    for await (const item of client.subscribe({ id: 'page' })) {
      if (item.kind === 'event') {
        seen.push(item.raw);
        if (++count === 40 || item.offset === offset) {
          positions = { ...client.positions(), page: item.position };
          break;
        }
      }
    }
    client.close();
  }
  assert.deepEqual(seen, bodies);
});
