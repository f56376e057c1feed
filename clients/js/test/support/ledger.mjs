import assert from 'node:assert/strict';

/**
 * What a subscriber was told, by the plainest means: the set of offsets that events, gaps and
 * snapshots account for. `check` looks for silent holes and for events that came twice.
 */
export class Ledger {
  constructor(accepts = () => true) {
    this.accepts = accepts;
    this.items = [];
    this.told = new Set(); // "id/rev" of events since the stream last began anew on a live line
    this.accounted = new Map(); // epoch → Set of offsets told or named by a gap
    this.openGaps = new Map(); // epoch → everything from here on is named by a gap
    this.lastOffset = undefined;
    this.begins = undefined; // the first position known
  }

  of(epoch) {
    if (!this.accounted.has(epoch)) {
      this.accounted.set(epoch, new Set());
    }
    return this.accounted.get(epoch);
  }

  take(item) {
    this.items.push(item);
    switch (item.kind) {
      case 'event': {
        const key = `${item.event.id}/${item.event.rev}`;
        assert(!this.told.has(key), `${key} came twice`);
        assert(this.accepts(item.event), 'not asked for');
        this.told.add(key);
        if (this.lastOffset?.epoch === item.epoch) {
          assert(item.offset > this.lastOffset.offset, 'offsets go up');
        }
        this.lastOffset = { epoch: item.epoch, offset: item.offset };
        this.of(item.epoch).add(item.offset);
        break;
      }
      case 'gap':
        if (item.to === null) {
          this.openGaps.set(
            item.epoch,
            Math.min(item.from, this.openGaps.get(item.epoch) ?? Infinity),
          );
        } else {
          for (let offset = item.from; offset <= item.to; ++offset) {
            this.of(item.epoch).add(offset);
          }
        }
        break;
      case 'snapshot':
        this.begins ??= item.position;
        item.events.forEach(({ event }) => this.told.add(`${event.id}/${event.rev}`));
        break;
      case 'reset':
        this.of(item.position.epoch); // known from here on
        break;
      default:
    }
  }

  /** Every accepted event of `truth` behind the beginning, up to `end`, was told or named. */
  check(truth, begins, end) {
    let started = false;
    for (const [epoch, log] of truth) {
      started ||= epoch === begins.epoch;
      if (started && epoch !== begins.epoch && epoch !== end.epoch && !this.accounted.has(epoch)) {
        // It came and went while the line was down: the end of the one before says so.
        assert(this.openGaps.size > 0, `${epoch} is a silent hole`);
        continue;
      }
      const lastOffset = epoch === end.epoch ? end.offset : log.length;
      for (
        let offset = epoch === begins.epoch ? begins.offset + 1 : 1;
        started && offset <= lastOffset;
        ++offset
      ) {
        const event = log[offset - 1];
        const isKnown =
          !this.accepts(event) ||
          this.of(epoch).has(offset) ||
          offset >= (this.openGaps.get(epoch) ?? Infinity) ||
          this.told.has(`${event.id}/${event.rev}`);
        assert(isKnown, `offset ${offset} of ${epoch} is a silent hole`);
      }
      if (epoch === end.epoch) {
        return;
      }
    }
  }
}
