// A server that breaks its protocol, or refuses: told, and never at the price of a silent hole.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProtocolFault, SubscriptionError } from '../../dist/index.js';
import { events, gap, item, snapshot, subscribed } from '../support/frames.mjs';
import { open } from '../support/start.mjs';

const items = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => item(from + i));

test('faults of the server are told, and what they cost is a gap', async () => {
  const cases = [
    ['a hole', [events('1', 'e', 3, 3, [item(3)])], ['gap', 'event'], 3],
    [
      'the same again',
      [events('1', 'e', 1, 1, [item(1)]), events('1', 'e', 1, 2, items(1, 2))],
      ['event', 'event'],
      2,
    ],
    ['an epoch without a gap', [events('1', 'f', 1, 1, [item(1)])], ['gap', 'reset', 'event'], 1],
    ['a late gap', [gap('1', 'e', 5, 6, 'evicted')], ['gap', 'gap'], 6],
  ];
  for (const [name, frames, kinds, end] of cases) {
    const it = await open();
    const seen = [];
    const tape = it.client.subscribe(
      { since: { epoch: 'e', offset: 0 } },
      { onItem: (one) => seen.push(one) },
    );
    const socket = await it.connected();
    socket.frame(subscribed('1', 'e', 0, true));
    frames.forEach((frame) => socket.frame(frame));
    assert.deepEqual(
      seen.slice(1).map(({ kind }) => kind),
      kinds,
      name,
    );
    assert.equal(it.faults.length, 1, name);
    assert(it.faults[0] instanceof ProtocolFault);
    assert.equal(tape.position.offset, end, name);
    it.client.close();
  }
});

test('a frame that makes no sense ends the line, and the next one asks again', async () => {
  const bad = [
    events('1', 'e', 1, 2, [item(2), item(1)]),
    events('1', 'e', 1, 2, [item(3)]),
    events('1', 'e', 2, 1, []),
    snapshot('1', 'e', 1, false, []),
    subscribed('1', 'e', 1),
    '{"op":"events"',
    '{"op":"gap","id":"1"}',
  ];
  for (const frame of bad) {
    const it = await open();
    const tape = it.client.subscribe({ since: { epoch: 'e', offset: 0 } });
    let socket = await it.connected();
    socket.frame(subscribed('1', 'e', 0, true));
    socket.frame(frame);
    assert.equal(it.faults.length, 1, JSON.stringify(frame));
    assert.equal(it.client.state, 'waiting');
    socket = await it.reconnected();
    assert.deepEqual(socket.newest('subscribe').since, { epoch: 'e', offset: 0 });
    assert(tape.complete);
    it.client.close();
  }
});

test('a refused subscription throws; the others go on', async () => {
  const it = await open();
  const tape = it.client.subscribe({ universes: ['none'] });
  const other = it.client.subscribe();
  const socket = await it.connected();
  socket.frame({
    op: 'error',
    id: '1',
    code: 'universes_unavailable',
    message: 'list the symbols',
  });
  socket.frame(subscribed('2', 'e', 0));
  await assert.rejects(
    tape[Symbol.asyncIterator]().next(),
    (error) =>
      error instanceof SubscriptionError &&
      error.code === 'universes_unavailable' &&
      /list the symbols/.test(error.message),
  );
  assert.deepEqual([tape.state, other.state], ['closed', 'live']);
  it.client.close();
});
