// Credentials: first on the line, renewed before they expire, and what refusing them means.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AuthenticationError } from '../../dist/index.js';
import { settle } from '../support/fake-timers.mjs';
import { heartbeat } from '../support/frames.mjs';
import { start } from '../support/start.mjs';

const seconds = (n) => n * 1000;
const authenticated = (expires) =>
  `{"op":"authenticated","user":"anna","role":"viewer","expires":${expires && `${expires}000000000`}}`;

test('credentials go first, and subscriptions wait for the answer', async () => {
  for (const [options, sent] of [
    [{ token: 'abc' }, { op: 'auth', token: 'abc' }],
    [{ token: async () => 'def' }, { op: 'auth', token: 'def' }],
    [{ ticket: () => Promise.resolve('t1') }, { op: 'auth', ticket: 't1' }],
  ]) {
    const { client, sockets } = start(options);
    client.subscribe();
    await settle();
    sockets[0].open();
    assert.deepEqual(sockets[0].sent, [sent]);
    assert.equal(client.state, 'connecting');
    sockets[0].frame(authenticated(null));
    assert.equal(client.state, 'open');
    assert.equal(sockets[0].sent.length, 2);
    client.close();
  }
  assert.throws(() => start({ token: 'a', ticket: () => 'b' }), TypeError);
});

test('no answer to the credentials is a failed attempt; a provider that fails is one too', async () => {
  const silent = start({ token: 'abc' });
  silent.client.subscribe();
  await settle();
  silent.sockets[0].open();
  await silent.timers.advance(seconds(15));
  assert.equal(silent.states.at(-1).state, 'waiting');
  silent.client.close();

  let calls = 0;
  const failing = start({
    token: () => (++calls === 1 ? Promise.reject(new Error('offline')) : 'abc'),
  });
  failing.client.subscribe();
  await settle();
  assert.deepEqual(
    [failing.states.at(-1).state, failing.states.at(-1).reason],
    ['waiting', 'offline'],
  );
  await failing.timers.advance(failing.states.at(-1).retryInMs);
  failing.sockets[0].open();
  assert.deepEqual(failing.sockets[0].sent, [{ op: 'auth', token: 'abc' }]);
  failing.client.close();
});

test('credentials are renewed before they expire, by the clock of the server', async () => {
  const now = 1763735413; // seconds, by the server; the fake clock here says 0
  let calls = 0;
  let isDown = false;
  const { client, timers, sockets } = start({
    token: async () => {
      if (isDown) {
        throw new Error('offline');
      }
      return `t${++calls}`;
    },
  });
  client.subscribe();
  await settle();
  sockets[0].open();
  sockets[0].frame(authenticated(now + 100));
  const beat = async (n) => {
    for (let i = 0; i < n; ++i) {
      const ts = `${now + Math.floor(timers.now() / 1000)}000000000`;
      sockets[0].frame(JSON.stringify(heartbeat('e', 0, 0)).replace('"ts":0', `"ts":${ts}`));
      await timers.advance(seconds(1));
    }
  };
  await beat(79);
  assert.equal(calls, 1);
  await beat(3);
  assert.equal(calls, 2);
  assert.deepEqual(sockets[0].newest('auth'), { op: 'auth', token: 't2' });
  assert.equal(client.state, 'open');
  sockets[0].frame(authenticated(now + 200));
  isDown = true;
  await beat(110); // asked at about 176 s, and failed
  assert.equal(calls, 2);
  isDown = false;
  await beat(6); // asked again, ever sooner
  assert.equal(calls, 3);
  assert.equal(client.state, 'open');
  client.close();
  assert.equal(timers.tasks.size, 0);
});

test('credentials that expired are replaced once; refused ones end the client', async () => {
  let calls = 0;
  const { client, timers, sockets, states } = start({ token: () => `t${++calls}` });
  client.subscribe();
  await settle();
  sockets[0].open();
  sockets[0].frame(authenticated(null));
  sockets[0].end(3500, 'token expired');
  assert.equal(client.state, 'waiting');
  await timers.advance(states.at(-1).retryInMs);
  sockets[1].open();
  assert.deepEqual(sockets[1].sent, [{ op: 'auth', token: 't2' }]);
  sockets[1].end(3500, 'no');
  assert.equal(client.state, 'closed');
  assert(client.error instanceof AuthenticationError);

  const fixed = start({ token: 'abc' });
  fixed.client.subscribe();
  await settle();
  fixed.sockets[0].open();
  fixed.sockets[0].frame(authenticated(null));
  fixed.sockets[0].end(3500, 'token expired');
  assert.equal(fixed.client.state, 'closed');
});

test('a server that wants credentials ends a client without', async () => {
  const { client, sockets } = start();
  client.subscribe();
  await settle();
  sockets[0].open();
  sockets[0].frame({
    op: 'error',
    id: '1',
    code: 'unauthorized',
    message: 'the first message must be "auth"',
  });
  assert.equal(client.state, 'closed');
  assert(client.error instanceof AuthenticationError);
});
