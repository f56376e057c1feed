// Credentials against the real server: taken, refused, renewed; what it keeps for a user.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { AuthenticationError, HttpError, TickStockClient } from '../../dist/index.js';
import {
  Server,
  atEnd,
  real,
  temporaryFolder,
  tickstock,
  until,
  writeSmallFile,
} from '../support/server.mjs';

/** A server that wants credentials, whose replay has ended; `mint` makes tokens for it. */
async function guarded(t) {
  const folder = temporaryFolder(t);
  const secret = join(folder, 'secret');
  tickstock('token', 'secret', '--out', secret);
  const settings = [
    'auth.mode=required',
    'auth.jwt_algorithm=HS256',
    `auth.jwt_key_file=${secret}`,
    'auth.leeway_seconds=0',
    'auth.deadline_seconds=5',
  ].flatMap((one) => ['--set', one]);
  const path = writeSmallFile(folder, 300);
  const server = await Server.replay(
    t,
    path,
    '--speed',
    '0',
    '--data',
    temporaryFolder(t),
    ...settings,
  );
  const mint = (ttl = '1h', role = 'trader', user = 'anna') =>
    tickstock('token', 'mint', ...settings, '--user', user, '--role', role, '--ttl', ttl).trim();
  const client = (options = {}) => {
    const one = new TickStockClient({
      url: server.url,
      reconnect: { minMs: 20, maxMs: 100, capMs: 500 },
      ...options,
    });
    one.changes = [];
    one.on('state', (change) => one.changes.push(change.state));
    atEnd(t, () => one.close());
    return one;
  };
  const admin = client({ token: mint() });
  const head = await until(async () => {
    const status = await admin.status();
    return (
      status.sources?.every(({ state }) => state === 'ended') && {
        epoch: status.epoch,
        offset: status.offset,
      }
    );
  });
  return { mint, client, admin, head };
}

/** Until the tape has told all; the number of events. */
async function readAll(tape, count) {
  let events = 0;
  for await (const item of tape) {
    events += item.kind === 'event' ? 1 : 0;
    if (events === count) {
      break;
    }
  }
  return events;
}

const ends = async (client) => {
  client.subscribe({}, {});
  await until(() => client.state === 'closed');
  return client.error;
};

test('who is let in, and who is not', real, async (t) => {
  const { mint, client, admin, head } = await guarded(t);
  const since = { epoch: head.epoch, offset: 0 };
  assert(head.offset > 100);
  for (const options of [
    { token: mint() },
    { token: async () => mint('1h', 'viewer') },
    { ticket: async () => (await admin.ticket()).ticket },
  ]) {
    const one = client(options);
    assert.equal(await readAll(one.subscribe({ since }), head.offset), head.offset);
    assert.deepEqual(one.changes, ['connecting', 'open']);
  }
  const forged = mint().replace(/.$/, (last) => (last === 'A' ? 'E' : 'A'));
  for (const options of [
    {},
    { token: 'nonsense' },
    { token: () => forged },
    { ticket: () => 'nonsense' },
  ]) {
    assert((await ends(client(options))) instanceof AuthenticationError);
  }
  await assert.rejects(
    client().status(),
    (error) => error instanceof HttpError && error.status === 401,
  );
  const { ticket, expires_in: life } = await admin.ticket();
  assert(life > 0);
  await readAll(client({ ticket: () => ticket }).subscribe({ since }), 1);
  assert(
    (await ends(client({ ticket: () => ticket }))) instanceof AuthenticationError,
    'a ticket is good once',
  );
});

test('tokens are renewed on the running line; one that cannot be ends it', real, async (t) => {
  const { mint, client } = await guarded(t);
  let calls = 0;
  const renewing = client({ token: async () => (++calls, mint('10s')) });
  const tape = renewing.subscribe({}, {});
  const fixed = client({ token: mint('4s') });
  fixed.subscribe({}, {});
  await until(() => fixed.state === 'closed');
  assert(fixed.error instanceof AuthenticationError);
  await until(() => calls >= 4);
  await sleep(500);
  assert.deepEqual(renewing.changes, ['connecting', 'open'], 'the line never broke');
  assert.equal(tape.state, 'live');
});

test('what the server keeps for a user', real, async (t) => {
  const { mint, client, admin, head } = await guarded(t);
  const { filters, universes } = admin.user();
  await universes.put('mine', { symbols: ['BBB', 'DDD'] });
  assert.deepEqual((await universes.get('mine')).symbols, ['BBB', 'DDD']);
  assert.deepEqual(
    (await universes.list()).universes.map(({ name }) => name),
    ['mine'],
  );
  const filter = { min_price: '5.25', types: ['high', 'low'], directions: ['up'] };
  await filters.put('morning', { filter, enabled: false });
  const kept = await filters.get('morning');
  assert.deepEqual([kept.filter, kept.enabled], [filter, false]);
  await assert.rejects(filters.put('bad', { filter: { min_price: 'x' } }), { status: 400 });
  await assert.rejects(filters.get('none'), { status: 404 });
  const viewer = client({ token: mint('1h', 'viewer', 'berta') });
  await assert.rejects(viewer.user('anna').filters.list(), { status: 403 });
  const symbols = new Set();
  for await (const item of admin.subscribe({
    since: { epoch: head.epoch, offset: 0 },
    universes: ['mine'],
  })) {
    if (item.kind === 'event') {
      symbols.add(item.event.symbol);
    }
    if (symbols.size === 2 && item.kind === 'event') {
      break;
    }
  }
  assert.deepEqual([...symbols].sort(), ['BBB', 'DDD']);
  await filters.delete('morning');
  await assert.rejects(filters.get('morning'), { status: 404 });
});
