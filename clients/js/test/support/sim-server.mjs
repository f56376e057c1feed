// TickStock's delivery in miniature: a stream that evicts, epochs, cursors. Written from
// docs/reference/protocol.md, to run the client against with faults of a seed.
import { body, events, gap, heartbeat, item, snapshot, subscribed } from './frames.mjs';

const symbols = ['AAA', 'BBB', 'CCC'];

export class SimServer {
  constructor(random) {
    this.random = random;
    this.epochs = 0;
    this.truth = new Map(); // epoch → every event ever published there
    this.connections = new Set();
    this.begin([]);
  }

  /** A new epoch; `first` are events that it publishes again. */
  begin(first) {
    this.epoch = `epoch${++this.epochs}`;
    this.log = [];
    this.oldest = 1; // offset of the oldest in memory
    this.truth.set(this.epoch, this.log);
    for (const event of first) {
      this.publish(event);
    }
  }

  get last() {
    return this.log.length;
  }

  publish(event) {
    const symbol = symbols[this.random.below(symbols.length)];
    const id = `e${this.epochs}n${this.last + 1}`;
    this.log.push(event ?? body(id, { symbol, ts: 1709649001000 + this.last }));
  }

  evict(keep) {
    this.oldest = Math.max(this.oldest, this.last - keep + 1);
  }

  /**
   * kill -9: every line ends. `loses`: nothing (undefined), the offsets (the same events come under
   * a new epoch), or all.
   */
  restart(loses) {
    const old = this.log;
    if (loses === 'all') {
      this.begin([]);
    } else if (loses === 'offsets') {
      this.begin(old.slice(this.oldest - 1));
    }
    for (const connection of [...this.connections]) {
      connection.end(1006);
    }
  }

  attach(socket) {
    const connection = new SimConnection(this, socket);
    this.connections.add(connection);
    return connection;
  }
}

class SimConnection {
  constructor(server, socket) {
    this.server = server;
    this.socket = socket;
    this.cursors = new Map();
    socket.onSent = (message) => this.receive(message);
    socket.open();
    this.beat();
  }

  beat() {
    this.socket.frame(heartbeat(this.server.epoch, this.server.last));
  }

  end(code) {
    this.server.connections.delete(this);
    this.socket.end(code);
  }

  receive(message) {
    if (message.op === 'subscribe') {
      this.cursors.set(message.id, new Cursor(this.server, message));
    } else if (message.op === 'unsubscribe') {
      this.cursors.delete(message.id);
      this.socket.frame({ op: 'unsubscribed', id: message.id });
    }
  }

  /** Sends up to `count` frames; returns how many there were. */
  pump(count = Infinity) {
    let sent = 0;
    while (sent < count) {
      let any = false;
      for (const cursor of [...this.cursors.values()]) {
        const frame = cursor.next();
        if (frame && sent < count && this.server.connections.has(this)) {
          any = true;
          ++sent;
          this.socket.frame(frame);
        } else if (frame) {
          cursor.waiting.unshift(frame);
        }
      }
      if (!any) {
        break;
      }
    }
    return sent;
  }
}

class Cursor {
  constructor(server, { id, since, symbols: wanted }) {
    this.server = server;
    this.id = id;
    this.accepts = (event) => !wanted || wanted.length === 0 || wanted.includes(event.symbol);
    this.waiting = [];
    this.begin(since);
  }

  begin(since) {
    const { server, id } = this;
    const oldest = server.oldest - 1;
    this.epoch = server.epoch;
    this.told = server.last;
    if (since === 'snapshot') {
      const latest = new Map();
      server.log.forEach((event, i) => {
        if (i + 1 >= server.oldest && this.accepts(event)) {
          latest.delete(event.symbol);
          latest.set(event.symbol, item(i + 1, event));
        }
      });
      const items = [...latest.values()];
      this.waiting.push(subscribed(id, this.epoch, this.told));
      while (items.length > 1) {
        this.waiting.push(snapshot(id, this.epoch, this.told, true, items.splice(0, 1)));
      }
      this.waiting.push(snapshot(id, this.epoch, this.told, false, items));
    } else if (since === 'now') {
      this.waiting.push(subscribed(id, this.epoch, this.told));
    } else if (since.epoch !== server.epoch) {
      this.told = oldest;
      this.waiting.push(subscribed(id, this.epoch, oldest, false, 'epoch_changed'));
      this.waiting.push(gap(id, since.epoch, since.offset + 1, null, 'epoch_changed'));
      if (oldest > 0) {
        this.waiting.push(gap(id, this.epoch, 1, oldest, 'evicted'));
      }
    } else if (since.offset > server.last) {
      this.waiting.push(subscribed(id, this.epoch, server.last, false, 'ahead'));
    } else if (since.offset < oldest) {
      this.told = oldest;
      this.waiting.push(subscribed(id, this.epoch, oldest, false, 'evicted'));
      this.waiting.push(gap(id, this.epoch, since.offset + 1, oldest, 'evicted'));
    } else {
      this.told = since.offset;
      this.waiting.push(subscribed(id, this.epoch, since.offset, true));
    }
  }

  next() {
    if (this.waiting.length > 0) {
      return this.waiting.shift();
    }
    const { server, id } = this;
    if (this.epoch !== server.epoch) {
      const frame = gap(id, this.epoch, this.told + 1, null, 'epoch_changed');
      this.epoch = server.epoch;
      this.told = 0;
      return frame;
    }
    if (this.told + 1 < server.oldest) {
      const frame = gap(id, this.epoch, this.told + 1, server.oldest - 1, 'evicted');
      this.told = server.oldest - 1;
      return frame;
    }
    if (this.told === server.last) {
      return undefined;
    }
    const first = this.told + 1;
    const last = Math.min(server.last, this.told + 1 + server.random.below(5));
    const items = [];
    for (let offset = first; offset <= last; ++offset) {
      const event = server.log[offset - 1];
      if (this.accepts(event)) {
        items.push(item(offset, event));
      }
    }
    this.told = last;
    return events(id, this.epoch, first, last, items);
  }
}
