// The whole client against a server in miniature, with faults of a seed: whatever happens, no event is
// told twice and none is missing without a gap that names it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '../support/fake-timers.mjs';
import { Ledger } from '../support/ledger.mjs';
import { Random } from '../support/random.mjs';
import { SimClient } from '../support/sim-client.mjs';
import { SimServer } from '../support/sim-server.mjs';

const seeds = Number(process.env.TICKSTOCK_SEEDS ?? 300);
const first = Number(process.env.TICKSTOCK_SEED ?? 1);

/** The consumer of one tape: by handlers, or by a loop that takes what it is allowed. */
class Consumer {
  constructor(ledger, random) {
    this.ledger = ledger;
    this.useHandlers = random.chance(0.5);
    this.handlers = this.useHandlers ? { onItem: (item) => ledger.take(item) } : undefined;
    this.asked = false;
  }

  follow(tape) {
    this.tape = tape;
    this.iterator = this.useHandlers ? undefined : tape[Symbol.asyncIterator]();
  }

  /** Takes up to `count` items of those that are there. */
  async take(count) {
    for (let i = 0; i < count && this.iterator && this.tape.buffered > 0; ++i) {
      this.ledger.take((await this.iterator.next()).value);
    }
    await settle();
  }

  /** All that there is, and the word that it was dealt with. */
  async finish(pump) {
    do {
      await this.take(Infinity);
    } while (await pump());
    await this.take(Infinity);
    if (this.iterator) {
      void this.iterator.next();
    }
    await settle();
  }
}

function subscription(random, server) {
  const symbols = random.chance(0.5) ? ['AAA', 'CCC'].slice(random.below(2)) : undefined;
  const since = ['now', 'snapshot', { epoch: server.epoch, offset: random.below(server.last + 1) }];
  return {
    id: 'tape',
    since: since[random.below(3)],
    maxBuffered: 1 + random.below(20),
    ...(symbols && { symbols }),
  };
}

/** The position that the first frames gave. */
async function begin(sim, tape, consumer, ledger) {
  for (let i = 0; !tape.position && i < 100; ++i) {
    await sim.connect();
    await sim.pump(1);
    if (ledger.items.length > 0 || tape.buffered > 0) {
      await consumer.take(Infinity);
      return ledger.begins ?? ledger.items[0].position;
    }
  }
  return tape.position;
}

function spoil(random, sim) {
  const cursor = [...(sim.connection?.cursors.values() ?? [])][0];
  if (!cursor) {
    return;
  }
  // `subscribed` must come, so spoil the stream behind it only.
  if (cursor.waiting.length === 0) {
    const frame = cursor.next();
    if (frame && random.chance(0.5)) {
      cursor.waiting.push(frame, frame); // told twice
    } // else it is left out
  }
}

async function run(seed, { spoils }) {
  const random = new Random(seed);
  const server = new SimServer(random);
  for (let n = random.below(30); n > 0; --n) {
    server.publish();
  }
  const options = subscription(random, server);
  const ledger = new Ledger((event) => !options.symbols || options.symbols.includes(event.symbol));
  const consumer = new Consumer(ledger, random);
  const sim = new SimClient(server);
  const tape = sim.client.subscribe(options, consumer.handlers);
  consumer.follow(tape);
  const begins = typeof options.since === 'object' ? options.since : undefined;
  const began = await begin(sim, tape, consumer, ledger);

  for (let step = 0; step < 60; ++step) {
    switch (random.below(9)) {
      case 0:
      case 1:
      case 2:
        for (let n = random.below(12); n > 0; --n) {
          server.publish();
        }
        break;
      case 3:
        sim.drop();
        break;
      case 4:
        await sim.connect();
        break;
      case 5:
        server.evict(random.below(25));
        break;
      case 6: {
        const kind = random.below(8);
        if (kind === 0) {
          server.begin([]);
        } else if (kind < 4) {
          server.restart([undefined, 'offsets', 'all'][random.below(3)]);
        }
        break;
      }
      case 7:
        if (spoils) spoil(random, sim);
        break;
      default:
        await consumer.take(random.below(15));
    }
    await sim.pump(random.below(6));
  }
  await sim.connect();
  await consumer.finish(async () => {
    await sim.connect();
    await sim.timers.advance(100); // messages of the client are paced
    return sim.pump(Infinity);
  });
  const head = { epoch: server.epoch, offset: server.last };
  ledger.check(server.truth, begins ?? began, tape.position);
  if (!spoils) {
    if (head.offset > 0) {
      // an empty epoch is told of with its first event
      assert.deepEqual(tape.position, head, 'all was told');
    }
    assert.deepEqual(sim.faults, [], 'a server without faults is not blamed');
  }
  const gaps = ledger.items.filter(({ kind }) => kind === 'gap');
  assert.equal(gaps.length, tape.gapCount);
  if (gaps.length > 0) {
    assert(!tape.complete);
  }
  sim.client.close();
  assert.equal(sim.timers.tasks.size, 0, 'no timer is left');
  return {
    events: ledger.told.size,
    gaps: gaps.length,
    faults: sim.faults.length,
    duplicates: tape.duplicates,
  };
}

for (const spoils of [false, true]) {
  test(`no silent hole and nothing twice, ${spoils ? 'of a faulty server' : 'of a good server'}`, async () => {
    const total = { events: 0, gaps: 0, faults: 0, duplicates: 0 };
    for (let seed = first; seed < first + seeds; ++seed) {
      let figures;
      try {
        figures = await run(seed, { spoils });
      } catch (error) {
        error.message = `seed ${seed} (TICKSTOCK_SEED=${seed} TICKSTOCK_SEEDS=1): ${error.message}`;
        throw error;
      }
      Object.keys(total).forEach((name) => (total[name] += figures[name]));
    }
    console.log(total);
    if (seeds >= 100) {
      assert(
        total.events > 1000 && total.gaps > 20 && total.duplicates > 20,
        'the run met all of it',
      );
      assert.equal(total.faults > 20, spoils);
    }
  });
}
