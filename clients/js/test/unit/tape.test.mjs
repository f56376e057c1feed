// One subscription: what a consumer sees and where its position stands.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TickStockClient, TickStockError } from '../../dist/index.js';
import { settle } from '../support/fake-timers.mjs';
import { body, events, gap, heartbeat, item, snapshot, subscribed } from '../support/frames.mjs';
import { open } from '../support/start.mjs';

const items = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => item(from + i));

test('the position passes an item when the loop asks for the next', async () => {
  const it = await open();
  const tape = it.client.subscribe({ id: 'a' });
  const loop = tape[Symbol.asyncIterator]();
  const socket = await it.connected();
  assert.equal(socket.newest('subscribe').since, 'now');
  socket.frame(subscribed('1', 'e', 4));
  assert.deepEqual(tape.position, { epoch: 'e', offset: 4 });
  socket.frame(events('1', 'e', 5, 9, [item(5), item(7)]));
  assert.equal(tape.position.offset, 4);
  assert.equal((await loop.next()).value.offset, 5);
  assert.equal(tape.position.offset, 4);
  const second = (await loop.next()).value;
  assert.deepEqual([second.offset, second.position.offset], [7, 9]);
  assert.equal(tape.position.offset, 5);
  socket.frame(events('1', 'e', 10, 20, [])); // a bookmark behind the item under way
  assert.equal(tape.position.offset, 5);
  const third = loop.next();
  assert.equal(tape.position.offset, 20);
  socket.frame(events('1', 'e', 21, 21, [item(21)]));
  assert.equal((await third).value.offset, 21);
  assert.deepEqual(it.client.positions(), { a: { epoch: 'e', offset: 20 } });
  await loop.return();
  assert.equal(tape.state, 'closed');
  assert.deepEqual(socket.newest('unsubscribe'), { op: 'unsubscribe', id: '1' });
  assert.deepEqual(it.client.positions(), { a: { epoch: 'e', offset: 20 } }, 'kept');
  assert.deepEqual(await loop.next(), { value: undefined, done: true });
  it.client.close();
});

test('positions of the page before are where the next one goes on', async () => {
  const it = await open({
    positions: { a: { epoch: 'e', offset: 7 }, b: { epoch: 'e', offset: 2 } },
  });
  const seen = [];
  it.client.subscribe({ id: 'a', since: 'snapshot' }, { onItem: (one) => seen.push(one) });
  const socket = await it.connected();
  assert.deepEqual(socket.newest('subscribe').since, { epoch: 'e', offset: 7 });
  socket.frame(subscribed('1', 'e', 7, true));
  socket.frame(events('1', 'e', 8, 8, [item(8)]));
  assert.deepEqual(
    seen.map(({ kind }) => kind),
    ['recovered', 'event'],
  );
  assert.deepEqual(it.client.positions(), {
    a: { epoch: 'e', offset: 8 },
    b: { epoch: 'e', offset: 2 },
  });
  it.client.close();
  assert.deepEqual(it.client.positions(), {
    a: { epoch: 'e', offset: 8 },
    b: { epoch: 'e', offset: 2 },
  });
});

test('a slow loop stops the server, and goes on behind what it has', async () => {
  const it = await open();
  const tape = it.client.subscribe({ since: { epoch: 'e', offset: 0 }, maxBuffered: 4 });
  const socket = await it.connected();
  socket.frame(subscribed('1', 'e', 0, true));
  socket.frame(events('1', 'e', 1, 6, items(1, 6)));
  assert.equal(tape.state, 'paused');
  assert.deepEqual(socket.newest('unsubscribe'), { op: 'unsubscribe', id: '1' });
  socket.frame(events('1', 'e', 7, 8, items(7, 8))); // was under way
  assert.equal(tape.buffered, 7, 'and no more');
  const loop = tape[Symbol.asyncIterator]();
  const offsets = [];
  for (let i = 0; i < 7; ++i) {
    const { value } = await loop.next();
    offsets.push(value.offset ?? value.kind);
  }
  const again = socket.newest('subscribe');
  assert.deepEqual([again.id, again.since], ['2', { epoch: 'e', offset: 6 }]);
  socket.frame({ op: 'unsubscribed', id: '1' });
  socket.frame(subscribed('2', 'e', 6, true));
  socket.frame(events('2', 'e', 7, 8, items(7, 8)));
  for (let i = 0; i < 3; ++i) {
    const { value } = await loop.next();
    offsets.push(value.offset ?? value.kind);
  }
  assert.deepEqual(offsets, ['recovered', 1, 2, 3, 4, 5, 6, 'recovered', 7, 8]);
  assert(tape.complete);
  it.client.close();
});

test('a snapshot counts when it is whole', async () => {
  const it = await open();
  const seen = [];
  const tape = it.client.subscribe({ since: 'snapshot' }, { onItem: (one) => seen.push(one) });
  let socket = await it.connected();
  socket.frame(subscribed('1', 'e', 9));
  socket.frame(snapshot('1', 'e', 9, true, [item(2)]));
  assert.deepEqual([seen.length, tape.position], [0, undefined]);
  socket = await it.reconnected();
  assert.equal(socket.newest('subscribe').since, 'snapshot');
  socket.frame(subscribed('2', 'e', 10));
  socket.frame(snapshot('2', 'e', 10, true, [item(2)]));
  socket.frame(snapshot('2', 'e', 10, false, [item(8)]));
  assert.deepEqual(
    seen.map(({ kind, events: list }) => [kind, list.map(({ offset }) => offset)]),
    [['snapshot', [2, 8]]],
  );
  assert.deepEqual(tape.position, { epoch: 'e', offset: 10 });
  socket = await it.reconnected();
  assert.deepEqual(socket.newest('subscribe').since, { epoch: 'e', offset: 10 });
  it.client.close();
});

test('a gap is told even if the line breaks before its frame came', async () => {
  const it = await open();
  const seen = [];
  const tape = it.client.subscribe(
    { since: { epoch: 'e', offset: 3 } },
    { onItem: (one) => seen.push(one) },
  );
  let socket = await it.connected();
  socket.frame(subscribed('1', 'f', 5, false, 'epoch_changed'));
  socket = await it.reconnected();
  assert.deepEqual(socket.newest('subscribe').since, { epoch: 'f', offset: 5 });
  socket.frame(subscribed('2', 'f', 5, true));
  const gaps = [
    { epoch: 'e', from: 4, to: null, reason: 'epoch_changed' },
    { epoch: 'f', from: 1, to: 5, reason: 'evicted' },
  ];
  assert.deepEqual(
    seen.map(({ kind }) => kind),
    ['gap', 'gap', 'reset', 'recovered'],
  );
  assert.deepEqual(tape.gaps, gaps);
  assert.deepEqual(seen[0].position, { epoch: 'e', offset: 3 }, 'told again to who stops here');
  assert.equal(tape.complete, false);
  it.client.close();
});

test('an epoch that ends on a running line, as replays do, tells the same events anew', async () => {
  const it = await open();
  const seen = [];
  const tape = it.client.subscribe(
    { since: { epoch: 'e', offset: 0 } },
    { onItem: (one) => seen.push(one) },
  );
  const socket = await it.connected();
  const same = body('same');
  socket.frame(subscribed('1', 'e', 0, true));
  socket.frame(events('1', 'e', 1, 1, [item(1, same)]));
  socket.frame(gap('1', 'e', 2, null, 'epoch_changed'));
  socket.frame(events('1', 'f', 1, 1, [item(1, same)]));
  assert.deepEqual(
    seen.map(({ kind }) => kind),
    ['recovered', 'event', 'gap', 'reset', 'event'],
  );
  assert.deepEqual([tape.duplicates, it.faults.length], [0, 0]);
  it.client.close();
});

test('a stream that went back is told, and what comes again is held back', async () => {
  const it = await open();
  const seen = [];
  const tape = it.client.subscribe(
    { since: { epoch: 'e', offset: 0 } },
    { onItem: (one) => seen.push(one) },
  );
  let socket = await it.connected();
  socket.frame(subscribed('1', 'e', 0, true));
  socket.frame(events('1', 'e', 1, 3, items(1, 3)));
  socket = await it.reconnected();
  socket.frame(subscribed('2', 'e', 2, false, 'ahead'));
  socket.frame(events('2', 'e', 3, 4, items(3, 4)));
  assert.deepEqual(
    seen.slice(4).map(({ kind, reason, offset }) => [kind, reason ?? offset]),
    [
      ['reset', 'ahead'],
      ['event', 4],
    ],
  );
  assert.deepEqual([tape.complete, tape.duplicates, it.faults.length], [false, 1, 0]);
  it.client.close();
});

test('handlers: one exception does not stop the others; close() in the middle of a frame does', async () => {
  const it = await open();
  const seen = [];
  const errors = [];
  globalThis.reportError = (error) => errors.push(error.message);
  const tape = it.client.subscribe(
    {},
    {
      onEvent({ offset }) {
        seen.push(offset);
        if (offset === 1) {
          throw new Error('mine');
        }
        if (offset === 3) {
          tape.close();
        }
      },
      onClose: (error) => seen.push(['closed', error]),
    },
  );
  const socket = await it.connected();
  socket.frame(subscribed('1', 'e', 0));
  socket.frame(events('1', 'e', 1, 4, items(1, 4)));
  await settle();
  delete globalThis.reportError;
  assert.deepEqual(seen, [1, 2, 3, ['closed', undefined]]);
  assert.deepEqual(errors, ['mine']);
  assert.throws(() => tape[Symbol.asyncIterator](), TypeError);
  it.client.close();
});

test('wrong use is told', async () => {
  const it = await open();
  it.client.subscribe({ id: 'a' });
  assert.throws(
    () => it.client.subscribe({ id: 'a' }),
    (error) => error.code === 'subscription_exists',
  );
  assert.throws(() => it.client.subscribe({ maxBuffered: 0 }), RangeError);
  it.client.close();
  assert.throws(() => it.client.subscribe(), TickStockError);
  assert.throws(() => new TickStockClient({ url: 'ftp://h' }), TypeError);
  assert.throws(() => new TickStockClient({ url: 'http://h/?token=x' }), TypeError);
  assert.throws(() => new TickStockClient({ url: 'http://u:p@h' }), TypeError);
  assert.throws(
    () => new TickStockClient({ url: 'http://h', reconnect: { minMs: 5, maxMs: 1 } }),
    RangeError,
  );
});
