// What every server here sends: the bodies of a file, so many a second, in messages like those of
// TickStock's own protocol. Runs in Node and in Bun.
import { readFileSync } from 'node:fs';

/** Arguments: FILE RATE CLIENTS. */
export function options() {
  const [file, rate, clients] = process.argv.slice(2);
  return { file, rate: Number(rate), clients: Number(clients) };
}

/** The line that rig.py waits for. */
export function tell(port) {
  process.stderr.write(`listening on http://127.0.0.1:${port}/\n`);
}

export class Feed {
  constructor({ file, rate, clients }) {
    this.bodies = readFileSync(file, 'utf8').trimEnd().split('\n');
    this.rate = rate;
    this.clients = clients;
    this.is_running = false;
    this.last = 0; // offset of the newest event that was sent
  }

  /** The answer to a subscribe message. */
  subscribed() {
    return `{"op":"subscribed","id":"t","position":{"epoch":"bench","offset":${this.last}},` +
      '"recovered":false,"reason":null}';
  }

  /** Starts when as many subscribe as are to come: accepting beside a broadcast takes minutes. */
  start_with(readers, send) {
    if (readers >= this.clients && !this.is_running) {
      this.is_running = true;
      this.start(send);
    }
  }

  /**
   * Calls `send` with a message, and the range of offsets in it, whenever events are due: all that
   * are, in one message. `ts_pub` is the time at which an event was due, so that a server that is
   * behind cannot hide it.
   */
  start(send) {
    const began = performance.now();
    const wall = BigInt(Math.round((performance.timeOrigin + began) * 1e6));
    const step = () => {
      const due = Math.floor(((performance.now() - began) / 1000) * this.rate);
      while (this.last < due) {
        const first = this.last + 1;
        const last = Math.min(due, this.last + 1000);
        this.last = last;
        send(this.message(first, last, wall), first, last);
      }
      setTimeout(step, 1);
    };
    step();
  }

  message(first, last, wall) {
    let text = `{"op":"events","id":"t","epoch":"bench","first":${first},"last":${last},"events":[`;
    for (let offset = first; offset <= last; offset += 1) {
      text += offset === first ? '' : ',';
      text += `{"offset":${offset},"ts_pub":${this.timeOf(offset, wall)},"event":${this.body(offset)}}`;
    }
    return `${text}]}`;
  }

  body(offset) {
    return this.bodies[(offset - 1) % this.bodies.length];
  }

  timeOf(offset, wall) {
    return wall + BigInt(Math.round((offset / this.rate) * 1e9));
  }
}
