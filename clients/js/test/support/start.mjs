import { TickStockClient } from '../../dist/index.js';
import { FakeTimers, settle } from './fake-timers.mjs';
import { fakeSockets } from './fake-socket.mjs';
import { heartbeat } from './frames.mjs';

/** A client on fake sockets and timers; `states` lists what it told. */
export function start(options = {}) {
  const { sockets, FakeSocket } = fakeSockets();
  const timers = new FakeTimers();
  const states = [];
  const client = new TickStockClient({
    url: 'https://h/desk/',
    WebSocket: FakeSocket,
    timers,
    random: () => 0.5,
    ...options,
  });
  client.on('state', (change) => states.push(change));
  return { client, timers, sockets, states, newest: () => sockets.at(-1) };
}

/** A client whose first connection is open; the test is the server. */
export async function open(options = {}) {
  const { sockets, FakeSocket } = fakeSockets();
  const timers = new FakeTimers();
  const client = new TickStockClient({
    url: 'http://h',
    WebSocket: FakeSocket,
    timers,
    random: () => 0,
    ...options,
  });
  const faults = [];
  client.on('fault', (fault) => faults.push(fault));
  return {
    client,
    timers,
    sockets,
    faults,
    get socket() {
      return sockets.at(-1);
    },
    async connected() {
      await settle();
      sockets.at(-1).open();
      sockets.at(-1).frame(heartbeat('e', 0));
      await settle();
      return sockets.at(-1);
    },
    async reconnected() {
      sockets.at(-1).end();
      await timers.advance(1000);
      return this.connected();
    },
  };
}
