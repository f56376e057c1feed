// The stock Socket.IO clients of npm, 4.8 and 3.1, against the built binary: with their default
// options (polling first, then an upgrade), over WebSocket only and over polling only.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { io as io4 } from 'socket.io-client';
import { io as io3 } from 'socket.io-client-3';

import { checkDisplay, checkStatus, checkStockData } from './support/display.mjs';
import { PATIENCE, Server, sleep, until } from './support/server.mjs';

const CLIENTS = { 'socket.io-client 4.8': io4, 'socket.io-client 3.1': io3 };
const TRANSPORTS = {
  'default options': {},
  'websocket only': { transports: ['websocket'] },
  'polling only': { transports: ['polling'] },
};

/** One connection, and all that it hears. */
class Client {
  constructor(io, server, options = {}, namespace = '') {
    this.socket = io(server.url + namespace, { forceNew: true, reconnectionDelay: 100, ...options });
    this.heard = { market_event: [], stock_data: [], status_update: [], pong: [], error: [], gap: [],
      user_status_response: [] };
    for (const [name, list] of Object.entries(this.heard)) {
      this.socket.on(name, (argument) => list.push(argument));
    }
    this.connects = 0;
    this.errors = [];
    this.socket.on('connect', () => ++this.connects);
    this.socket.on('connect_error', (error) => this.errors.push(error.message));
    this.socket.on('disconnect', (reason) => this.errors.push(reason));
  }
  async connected() {
    await until(() => this.connects > 0, `a connection (${this.errors})`);
    return this;
  }
  transport() {
    return this.socket.io.engine.transport.name;
  }
  ask(event, ...args) {
    return new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(`no answer to ${event}`)), PATIENCE).unref();
      this.socket.emit(event, ...args, resolve);
    });
  }
  close() {
    this.socket.close();
  }
}

let server;
before(async () => {
  server = await Server.start();
});
after(() => server?.stop());

async function with_client(io, options, what) {
  const client = new Client(io, server, options);
  try {
    await what(client);
  } finally {
    client.close();
  }
}

/** All that came is what REST tells, in order and without a hole from the first to the last. */
async function checkMarketEvents(shown, epoch) {
  const events = await server.events({ epoch, offset: shown[0].offset - 1 }, shown.length);
  assert.ok(events.length >= shown.length);
  shown.forEach((one, i) => {
    assert.equal(one.offset, events[i].offset);
    assert.equal(one.rev, events[i].event.rev);
    assert.deepEqual(one.event_specific_data, events[i].event.data);
    checkDisplay(one, events[i].event);
  });
  return new Map(events.map(({ event }) => [event.id, event]));
}

for (const [name, io] of Object.entries(CLIENTS)) {
  for (const [how, options] of Object.entries(TRANSPORTS)) {
    test(`${name}, ${how}: 1,000 events in order`, { concurrency: false }, () =>
      with_client(io, { ...options, query: { stream: 'events' } }, async (client) => {
        await client.connected();
        await until(() => client.heard.market_event.length >= 1000, '1,000 market events');
        await until(() => client.heard.status_update.length >= 2, 'status updates');
        const wanted = options.transports?.[0] ?? 'websocket';
        assert.equal(client.transport(), wanted, 'the transport at the end');
        assert.deepEqual(client.heard.gap, []);
        assert.equal(client.connects, 1, `connected once (${client.errors})`);
        const { epoch } = (await client.ask('subscribe')).data.position;
        const known = await checkMarketEvents(client.heard.market_event.slice(0, 1000), epoch);
        assert.ok(client.heard.stock_data.length > 0);
        let compared = 0;
        for (const text of client.heard.stock_data) {
          for (const one of checkStockData(text)) {
            if (known.has(one.event_id)) {
              checkDisplay(one, known.get(one.event_id));
              ++compared;
            }
          }
        }
        assert.ok(compared > 0, `${compared} events of stock_data compared`);
        client.heard.status_update.forEach(checkStatus);
      }));

    test(`${name}, ${how}: questions and answers`, () =>
      with_client(io, options, async (client) => {
        await client.connected();
        client.socket.emit('ping', { t: 17 });
        await until(() => client.heard.pong.length === 1, 'pong');
        assert.deepEqual(client.heard.pong, [{ t: 17 }]);
        assert.deepEqual(await client.ask('ping'), { ok: true, data: 'pong' });

        const answers = await Promise.all([
          client.ask('get_filters'), client.ask('unsubscribe'), client.ask('get_universes'),
        ]);
        assert.deepEqual(answers[0], { ok: true, data: { filters: [] } });
        assert.deepEqual(answers[1].data, { event: 'market_event', subscribed: false });
        assert.equal(answers[2].ok, true);

        assert.match((await client.ask('buy', 100)).error, /unknown event "buy"; known are ping, /);
        await until(() => client.heard.error.length === 1, 'the error');
        assert.match(client.heard.error[0].message, /unknown event "buy"/);

        client.socket.emit('user_status_request');
        await until(() => client.heard.user_status_response.length === 1, 'the status');
        const [status] = client.heard.user_status_response;
        assert.equal(status.user, 'local');
        assert.equal(status.role, 'admin');
        assert.deepEqual(status.filters, []);
        assert.ok(Math.abs(status.connected_since - Date.now() / 1000) < 3600);
        assert.equal(client.connects, 1);
        assert.equal(client.socket.connected, true);
      }));

    test(`${name}, ${how}: another namespace is refused`, async () => {
      const main = new Client(io, server, options);
      const other = new Client(io, server, { ...options, reconnection: false }, '/admin');
      try {
        await main.connected();
        await until(() => other.errors.length > 0, 'the refusal');
        assert.deepEqual(other.errors, ['Invalid namespace']);
        assert.equal(other.socket.connected, false);
      } finally {
        main.close();
        other.close();
      }
    });
  }

  test(`${name}: a subscription with a filter`, () =>
    with_client(io, {}, async (client) => {
      await client.connected();
      const bad = await client.ask('subscribe', { types: ['hihg'] });
      assert.equal(bad.ok, false);
      assert.match(bad.error, /"types" accepts/);
      const filter = { symbols: ['AAA', 'BBB'], types: ['high', 'low'], directions: ['up'] };
      const { ok, data } = await client.ask('subscribe', filter);
      assert.equal(ok, true);
      await until(() => client.heard.market_event.length >= 50, '50 events');
      const shown = client.heard.market_event.slice();
      const { position } = data;
      const all = await server.events(position, shown.at(-1).offset - position.offset);
      const expected = all
        .filter(({ event, offset }) => ['AAA', 'BBB'].includes(event.symbol) &&
          ['high', 'low'].includes(event.type) && event.direction === 'up' &&
          offset <= shown.at(-1).offset)
        .map(({ offset }) => offset);
      assert.deepEqual(shown.map(({ offset }) => offset), expected);
      assert.deepEqual((await client.ask('unsubscribe')).data.subscribed, true);
      await sleep(300);
      const count = client.heard.market_event.length;
      await sleep(500);
      assert.equal(client.heard.market_event.length, count, 'nothing more after unsubscribe');
    }));

  test(`${name}: filters and universes of a user hold for all connections at once`, () =>
    with_client(io, {}, (one) =>
      with_client(io, { transports: ['polling'], query: { stream: 'events' } }, async (two) => {
        await one.connected();
        await two.connected();
        const universes = await one.ask('set_universes', { mine: ['CCC'] });
        assert.deepEqual(universes.data.universes, [{ name: 'mine', count: 1 }]);
        const set = await one.ask('set_filters', { universes: ['mine'] });
        assert.deepEqual(set.data.filters, [
          { name: 'default', enabled: true, filter: { universes: ['mine'] } },
        ]);
        assert.deepEqual((await two.ask('get_filters')).data, set.data);
        await sleep(1500); // what was under way
        for (const list of Object.values(two.heard)) {
          list.length = 0;
        }
        await until(() => two.heard.market_event.length >= 20, '20 events');
        await until(() => two.heard.stock_data.length >= 2, 'stock_data');
        const symbols = new Set(two.heard.market_event.map(({ ticker }) => ticker));
        for (const text of two.heard.stock_data) {
          checkStockData(text).forEach(({ ticker }) => symbols.add(ticker));
        }
        assert.deepEqual([...symbols], ['CCC']);
        assert.match((await one.ask('set_filters', { symbols: 'IBM' })).error, /"symbols" must be/);
        assert.deepEqual((await one.ask('set_filters', null)).data.filters, []);
        assert.deepEqual((await one.ask('set_universes', { mine: null })).data.universes, []);
      })));

  test(`${name}: a server that stops says goodbye`, async () => {
    const other = await Server.start();
    const clients = Object.values(TRANSPORTS).map(
      (options) => new Client(io, other, { ...options, reconnection: false }));
    try {
      const reasons = [];
      for (const client of clients) {
        client.socket.on('disconnect', (reason) => reasons.push(reason));
        await client.connected();
      }
      await sleep(300); // upgraded
      await other.end('SIGTERM');
      await until(() => reasons.length === clients.length, 'the goodbyes');
      // Polling may be between two polls: then it finds the door closed.
      assert.ok(reasons.filter((reason) => reason === 'transport close').length >= 2, reasons);
      assert.equal(other.process.exitCode, 0);
    } finally {
      clients.forEach((client) => client.close());
      await other.stop();
    }
  });

  test(`${name}: after a restart of the server the client comes back by itself`, async () => {
    const other = await Server.start();
    const clients = Object.values(TRANSPORTS).map(
      (options) => new Client(io, other, { ...options, query: { stream: 'events' } }));
    try {
      for (const client of clients) {
        await client.connected();
        await until(() => client.heard.market_event.length > 10, 'events');
      }
      await other.restart();
      for (const client of clients) {
        await until(() => client.connects === 2, 'the second connection');
        client.heard.market_event.length = 0;
        client.heard.status_update.length = 0;
        await until(() => client.heard.status_update.length > 0, 'status after the restart');
        await until(() => client.heard.market_event.length > 10, 'events after the restart');
      }
    } finally {
      clients.forEach((client) => client.close());
      await other.stop();
    }
  });
}
