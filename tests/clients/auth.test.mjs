// Who may connect, as the stock clients see it: tokens in the auth payload and in a header, wrong
// ones, roles, and the limit of connections of a user.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { io as io4 } from 'socket.io-client';
import { io as io3 } from 'socket.io-client-3';

import { Server, run, sleep, until } from './support/server.mjs';

const CLIENTS = { 'socket.io-client 4.8': io4, 'socket.io-client 3.1': io3 };
const TRANSPORTS = [undefined, ['websocket'], ['polling']];

let folder;
let settings;
let server;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tickstock_clients_'));
  const secret = join(folder, 'secret');
  run('token', 'secret', '--out', secret);
  settings = ['--set', 'auth.jwt_algorithm=HS256', '--set', `auth.jwt_key_file=${secret}`];
  server = await Server.start(...settings, '--set', 'auth.mode=required',
    '--set', 'server.max_connections_per_user=4', '--set', 'auth.failures_per_minute=1000');
});
after(async () => {
  await server?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const token = (user, role, ...more) =>
  run('token', 'mint', '--user', user, '--role', role, '--data', folder, ...settings, ...more);

function connect(io, options) {
  const socket = io(server.url, { forceNew: true, reconnection: false, ...options });
  socket.refusals = [];
  socket.on('connect_error', (error) => socket.refusals.push(error.message));
  return socket;
}

async function admitted(socket) {
  await until(() => socket.connected || socket.refusals.length > 0, 'an answer');
  return socket.connected;
}

const ask = (socket, ...args) => new Promise((resolve) => socket.emit(...args, resolve));

for (const [name, io] of Object.entries(CLIENTS)) {
  for (const transports of TRANSPORTS) {
    const options = transports ? { transports } : {};
    const how = transports ?? 'default options';

    test(`${name}, ${how}: a good token`, async () => {
      const socket = connect(io, { ...options, auth: { token: token('ann', 'trader') } });
      try {
        assert.ok(await admitted(socket), socket.refusals);
        const { data } = await ask(socket, 'user_status_request');
        assert.equal(data.user, 'ann');
        assert.equal(data.role, 'trader');
      } finally {
        socket.close();
      }
    });

    test(`${name}, ${how}: none, a wrong and an expired token`, async () => {
      const good = token('ann', 'trader');
      const bad = [undefined, {}, { token: 'wrong' }, { token: 17 }, { token: `${good}x` },
        { token: '' }, { Token: good }];
      for (const auth of bad) {
        const socket = connect(io, { ...options, auth });
        try {
          assert.ok(!(await admitted(socket)), JSON.stringify(auth));
          assert.deepEqual(socket.refusals, ['Not authorized'], JSON.stringify(auth));
        } finally {
          socket.close();
        }
        await sleep(10);
      }
    });
  }

  test(`${name}: a token in the header`, async () => {
    const extraHeaders = { Authorization: `Bearer ${token('ann', 'viewer')}` };
    for (const transports of TRANSPORTS) {
      const socket = connect(io, { ...(transports ? { transports } : {}), extraHeaders });
      try {
        assert.ok(await admitted(socket), socket.refusals);
        const { data } = await ask(socket, 'user_status_request');
        assert.equal(data.role, 'viewer');
        const refused = await ask(socket, 'set_filters', { types: ['high'] });
        assert.match(refused.error, /needs the role trader/);
      } finally {
        socket.close();
      }
    }
    const socket = connect(io, { extraHeaders: { Authorization: 'Bearer wrong' } });
    assert.ok(!(await admitted(socket)));
    socket.close();
  });

  test(`${name}: a user has so many connections`, async () => {
    await sleep(300); // those of the tests before go
    const auth = { token: token(`ben${name.length}`, 'viewer') };
    const sockets = [];
    try {
      for (let i = 0; i < 4; ++i) {
        sockets.push(connect(io, { auth }));
        assert.ok(await admitted(sockets[i]), sockets[i].refusals);
      }
      await sleep(500); // upgraded
      sockets.push(connect(io, { auth }));
      assert.ok(!(await admitted(sockets[4])));
      sockets[0].close();
      await sleep(300);
      sockets.push(connect(io, { auth }));
      assert.ok(await admitted(sockets[5]), sockets[5].refusals);
    } finally {
      sockets.forEach((socket) => socket.close());
    }
  });
}
