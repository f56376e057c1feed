import { TickStockClient } from '../../dist/index.js';
import { FakeTimers, settle } from './fake-timers.mjs';
import { fakeSockets } from './fake-socket.mjs';

/** A client of a SimServer: the real one, on fake sockets and timers. */
export class SimClient {
  constructor(server, options = {}) {
    this.server = server;
    this.timers = new FakeTimers();
    const { sockets, FakeSocket } = fakeSockets();
    this.sockets = sockets;
    this.faults = [];
    this.client = new TickStockClient({
      url: 'http://sim',
      WebSocket: FakeSocket,
      timers: this.timers,
      random: () => server.random.next(),
      ...options,
    });
    this.client.on('fault', (fault) => this.faults.push(fault));
    this.connection = undefined;
    this.client.on('state', ({ state }) => {
      if (state !== 'open' && this.connection) {
        server.connections.delete(this.connection); // the server sees the line end
        this.connection = undefined;
      }
    });
  }

  get isOpen() {
    return this.client.state === 'open';
  }

  /** Until the line is open. */
  async connect() {
    await settle();
    for (let i = 0; i < 100 && !this.isOpen; ++i) {
      if (this.client.state === 'connecting') {
        this.connection = this.server.attach(this.sockets.at(-1));
      } else {
        await this.timers.advance(this.timers.nextIn ?? 0);
      }
      await settle();
    }
  }

  /** Lets the server send `count` frames; true when there were some. */
  async pump(count) {
    const sent = this.connection?.pump(count) ?? 0;
    await settle();
    return sent > 0;
  }

  drop() {
    this.connection?.end(1006);
  }
}
