// The line: waits, heartbeats, close codes, pace.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuthenticationError, ClosedError } from '../../dist/index.js';
import { settle } from '../support/fake-timers.mjs';
import { events, heartbeat, item, subscribed } from '../support/frames.mjs';
import { start } from '../support/start.mjs';

const seconds = (n) => n * 1000;
test('waits are random, double and stay below the cap', async () => {
  const { client, timers, sockets, states } = start({ random: () => 0 });
  client.subscribe();
  const waits = [];
  for (let i = 0; i < 8; ++i) {
    await settle();
    assert.equal(sockets.length, i + 1);
    assert.equal(sockets.at(-1).url, 'wss://h/desk/ws');
    sockets.at(-1).end(1006, 'refused');
    waits.push(states.at(-1).retryInMs);
    await timers.advance(waits.at(-1) - 1);
    assert.equal(sockets.length, i + 1, 'not before its time');
    await timers.advance(1);
  }
  assert.deepEqual(waits, [1, 2, 4, 8, 16, 30, 30, 30].map(seconds));
  client.close();
  for (const [value, wait] of [
    [0, 1],
    [0.5, 5.5],
    [0.999999, 10],
  ]) {
    const one = start({ random: () => value });
    one.client.subscribe();
    await settle();
    one.sockets[0].end();
    assert.equal(Math.round(one.states.at(-1).retryInMs), seconds(wait));
    one.client.close();
  }
});

test('a connection that was good makes the next wait short again', async () => {
  const { client, timers, sockets, states } = start({ random: () => 0 });
  client.subscribe();
  for (const wait of [1, 2, 4]) {
    await settle();
    sockets.at(-1).end();
    assert.equal(states.at(-1).retryInMs, seconds(wait));
    await timers.advance(seconds(wait));
  }
  sockets.at(-1).open();
  sockets.at(-1).frame(heartbeat('e', 1));
  sockets.at(-1).end(3008, 'slow_client');
  assert.equal(states.at(-1).retryInMs, seconds(1));
  assert.deepEqual([states.at(-1).closeCode, states.at(-1).reason], [3008, 'slow_client']);
  client.close();
});

test('close codes and statuses: which come back', async () => {
  const back = [
    [1000],
    [1001],
    [1005],
    [1006],
    [1011],
    [1012],
    [3000],
    [3001],
    [3008],
    [3012],
    [3499],
    [4000],
    [1006, 503],
    [1006, 429],
    [1006, 408],
    [1006, 502],
  ];
  const terminal = [
    [1002],
    [1003],
    [1007],
    [1008],
    [1009],
    [3500],
    [3501],
    [3999],
    [1006, 401],
    [1006, 403],
    [1006, 404],
  ];
  for (const [list, state] of [
    [back, 'waiting'],
    [terminal, 'closed'],
  ]) {
    for (const [code, status] of list) {
      const { client, timers, sockets } = start();
      let ended;
      const tape = client.subscribe({}, { onClose: (error) => (ended = error) });
      await settle();
      sockets[0].open();
      sockets[0].end(code, 'why', status);
      assert.equal(client.state, state, `${code} ${status}`);
      if (state === 'closed') {
        assert(client.error instanceof ClosedError);
        assert.deepEqual(
          [client.error.closeCode, client.error.reason, client.error.status],
          [code, 'why', status],
        );
        assert.equal(ended, client.error);
        assert.equal(tape.state, 'closed');
        assert.equal(client.error instanceof AuthenticationError, code === 3500 || status === 401);
        assert.throws(() => client.subscribe(), ClosedError);
        assert.equal(timers.tasks.size, 0);
      }
      client.close();
    }
  }
});

test('what waits in a loop is handed out before the error', async () => {
  const { client, sockets } = start();
  const tape = client.subscribe();
  await settle();
  sockets[0].open();
  sockets[0].frame(subscribed('1', 'e', 0));
  sockets[0].frame(events('1', 'e', 1, 1, [item(1)]));
  sockets[0].end(3501, 'no');
  const seen = [];
  await assert.rejects(async () => {
    for await (const one of tape) {
      seen.push(one.offset);
    }
  }, ClosedError);
  assert.deepEqual(seen, [1]);
});

test('no frame for three heartbeats: the line is dead', async () => {
  const { client, timers, sockets, states } = start();
  client.subscribe();
  await settle();
  sockets[0].open();
  for (let i = 0; i < 10; ++i) {
    await timers.advance(seconds(2));
    sockets[0].frame(heartbeat('e', i));
  }
  assert.deepEqual(client.head, { epoch: 'e', offset: 9, ts: 1763735413000 });
  await timers.advance(5999);
  assert.equal(client.state, 'open');
  await timers.advance(2000);
  assert.equal(client.state, 'waiting');
  assert.match(states.at(-1).reason, /heartbeat/);
  assert(sockets[0].closed);
  client.close();
});

test('a process that slept hears what came meanwhile before it gives up', async () => {
  const { client, timers, sockets } = start();
  client.subscribe();
  await settle();
  sockets[0].open();
  sockets[0].frame(heartbeat('e', 1));
  timers.time += 60_000; // timers did not run
  await timers.advance(0);
  assert.equal(client.state, 'open');
  sockets[0].frame(heartbeat('e', 2));
  await timers.advance(seconds(5));
  assert.equal(client.state, 'open');
  await timers.advance(seconds(4));
  assert.equal(client.state, 'waiting');
  client.close();
});

test('a connection that does not open is given up', async () => {
  const { client, timers, states } = start();
  client.subscribe();
  await timers.advance(seconds(15));
  assert.equal(states.at(-1).state, 'waiting');
  client.close();
});

test('a socket that fails without a close event is given up', async () => {
  const { client, timers, sockets, states } = start();
  client.subscribe();
  await settle();
  sockets[0].onerror({});
  assert.equal(client.state, 'connecting', 'the close event says more');
  await timers.advance(250);
  assert.equal(states.at(-1).state, 'waiting');
  sockets[0].onerror({});
  client.close();
  assert.equal(timers.tasks.size, 0);
});

test('messages keep below the rate that the server takes', async () => {
  const { client, timers, sockets } = start();
  for (let i = 0; i < 200; ++i) {
    client.subscribe();
  }
  await settle();
  let tokens = 40;
  let at = timers.now();
  const ids = new Set();
  sockets[0].onSent = ({ id }) => {
    tokens = Math.min(40, tokens + ((timers.now() - at) / 1000) * 20) - 1;
    at = timers.now();
    assert(tokens >= 0, 'the server would close with 1008');
    ids.add(id);
  };
  sockets[0].open();
  for (let i = 0; i < 20; ++i) {
    await timers.advance(seconds(1));
    sockets[0].frame(heartbeat('e', 0));
  }
  assert.equal(ids.size, 200);
  client.close();
});

test('a message that is not text is a fault', async () => {
  const { client, sockets } = start();
  const faults = [];
  client.on('fault', (fault) => faults.push(fault));
  client.subscribe();
  await settle();
  sockets[0].open();
  sockets[0].onmessage({ data: new ArrayBuffer(2) });
  assert.deepEqual([client.state, faults.length], ['waiting', 1]);
  client.close();
});

test('retryNow ends a wait, and does nothing else', async () => {
  const { client, timers, sockets } = start();
  client.retryNow();
  client.subscribe();
  await settle();
  client.retryNow();
  await settle();
  assert.equal(sockets.length, 1, 'one attempt at a time');
  sockets[0].end(1006, 'refused');
  client.retryNow();
  await settle();
  assert.equal(sockets.length, 2);
  await timers.advance(seconds(5));
  assert.equal(sockets.length, 2, 'the wait is over');
  client.close();
  client.retryNow();
  await settle();
  assert.equal(sockets.length, 2, 'a closed client stays closed');
});

test('tells who the user is, and which of his filters hold', async () => {
  const { client, sockets } = start({ ticket: () => 'tkt_1' });
  const told = [];
  client.on('user', (user) => told.push(user));
  client.on('userFilters', (names) => told.push(names));
  client.subscribe();
  await settle();
  const [socket] = sockets;
  socket.open();
  await settle();
  socket.frame({ op: 'authenticated', user: 'ann', role: 'trader', expires: null });
  await settle();
  const { id } = socket.newest('subscribe');
  socket.frame({ ...subscribed(id, 'e', 5), user_filters: ['noon', 'big'] });
  socket.frame({ op: 'user_filters', filters: ['noon', 'big'] });
  socket.frame({ op: 'user_filters', filters: [] });
  assert.deepEqual(told, [{ user: 'ann', role: 'trader' }, ['noon', 'big'], []]);
  assert.deepEqual(client.userFilters, []);
  client.close();
});
