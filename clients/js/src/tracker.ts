import { ProtocolFault } from './errors.js';
import { IdMemory } from './id-memory.js';
import type { EventItem, Gap, Item, Position } from './items.js';
import { toItem, type WireEvent } from './wire/event-text.js';
import type { EventsFrame, GapFrame, SnapshotFrame, SubscribedFrame } from './wire/frames.js';

/** Where a subscription begins. */
export type Since = 'now' | 'snapshot' | Position;

export interface TrackerSink {
  item(item: Item): void;
  /** Everything up to `position` was told by items before this call. */
  progress(position: Position): void;
  /** The server broke its protocol; what is missing by it is told as a gap as well. */
  fault(fault: ProtocolFault): void;
}

const gapsKept = 1000;

function same(a: Position, b: Position): boolean {
  return a.epoch === b.epoch && a.offset === b.offset;
}

/**
 * What one subscription was told, over all its connections: turns frames into items so that each
 * offset is told once and in order, or a gap names it. It knows no socket and no clock. Errors that
 * leave no way to go on with this connection are thrown as ProtocolFault: the caller drops it and
 * resumes from `since`.
 */
export class Tracker {
  /** All up to here was told; undefined until the first `subscribed` (or the whole snapshot). */
  position: Position | undefined;
  /** The newest 1,000. */
  readonly gaps: Gap[] = [];
  gapCount = 0;
  /** False once anything may be missing. */
  complete = true;
  /** Events that came again and were held back. */
  duplicates = 0;

  private asked: Since | undefined;
  /** Gaps that `subscribed` implied and that the server is about to name itself. */
  private announced: Gap[] = [];
  /** The epoch of `position` is over: the next frame of the stream begins another. */
  private ended = false;
  /** While the frames of a snapshot come in. */
  private snapshot: { at: Position; events: EventItem[] } | undefined;
  /** The same events may come again under new offsets. */
  private republished = false;
  private readonly ids: IdMemory;

  constructor(
    private readonly start: Since,
    rememberIds: number,
    private readonly sink: TrackerSink,
  ) {
    this.ids = new IdMemory(rememberIds);
  }

  /** What the next `subscribe` message is to ask for. */
  ask(): Since {
    this.asked = this.position ?? this.start;
    this.announced = [];
    this.snapshot = undefined;
    this.ended = false;
    return this.asked;
  }

  subscribed(frame: SubscribedFrame): void {
    const asked = this.asked;
    if (asked === undefined) {
      throw new ProtocolFault('"subscribed" came twice');
    }
    this.asked = undefined;
    if (asked === 'snapshot') {
      this.snapshot = { at: frame.position, events: [] };
    } else if (asked === 'now') {
      this.moveTo(frame.position);
    } else if (frame.recovered) {
      if (!same(frame.position, asked)) {
        this.fault(`resumed after ${asked.offset}, answered with ${frame.position.offset}`);
      }
      this.position = asked;
      this.sink.item({ kind: 'recovered', position: { ...asked } });
    } else {
      this.reset(asked, frame);
    }
  }

  snapshotPart(frame: SnapshotFrame): void {
    const snapshot = this.snapshot;
    if (!snapshot) {
      throw new ProtocolFault('a snapshot that was not asked for');
    }
    for (const wire of frame.events) {
      snapshot.events.push(toItem(wire, frame.epoch));
      this.ids.add(wire.event);
    }
    if (!frame.more) {
      this.snapshot = undefined;
      const position = { epoch: frame.epoch, offset: frame.offset };
      this.position = position;
      this.sink.item({ kind: 'snapshot', events: snapshot.events, position: { ...position } });
    }
  }

  /** `subscribed` told all; this notes what it implies, lest the line break before the gaps come. */
  private reset(asked: Position, frame: SubscribedFrame): void {
    const { epoch, offset } = frame.position;
    const reason = frame.reason ?? 'evicted';
    if (epoch !== asked.epoch) {
      this.announce({ epoch: asked.epoch, from: asked.offset + 1, to: null, reason }, asked);
      if (offset > 0) {
        this.announce({ epoch, from: 1, to: offset, reason: 'evicted' }, asked);
      }
    } else if (offset > asked.offset) {
      this.announce({ epoch, from: asked.offset + 1, to: offset, reason }, frame.position);
    }
    this.republished ||= epoch !== asked.epoch || offset < asked.offset;
    this.complete = false;
    this.position = { epoch, offset };
    this.sink.item({ kind: 'reset', reason, previous: { ...asked }, position: { epoch, offset } });
  }

  private announce(gap: Gap, position: Position): void {
    this.announced.push(gap);
    this.tell(gap, position);
  }

  gap(frame: GapFrame): void {
    const { epoch, from, to, reason } = frame;
    const known = this.announced.findIndex(
      (gap) => gap.epoch === epoch && gap.from === from && gap.to === to,
    );
    if (known >= 0) {
      this.announced.splice(known, 1);
      return;
    }
    const gap = { epoch, from, to, reason };
    if (to === null && this.position?.epoch !== epoch) {
      this.tell(gap, this.at()); // of an epoch that is past
      return;
    }
    const at = this.enter(epoch);
    if (from > at.offset + 1) {
      this.hole(epoch, at.offset + 1, from - 1);
    }
    if (to === null) {
      this.ended = true;
      this.tell(gap, at);
    } else {
      const position = { epoch, offset: Math.max(at.offset, to) };
      this.tell(gap, position);
      this.moveTo(position);
    }
  }

  events(frame: EventsFrame): void {
    const { epoch, first, last, events } = frame;
    this.checkFrame(frame);
    const at = this.enter(epoch);
    if (first > at.offset + 1) {
      this.hole(epoch, at.offset + 1, first - 1);
    } else if (first <= at.offset) {
      this.fault(`offsets ${first} to ${last} came when those up to ${at.offset} had been told`);
    }
    events.forEach((wire, i) => {
      if (wire.offset > at.offset) {
        this.event(wire, epoch, i + 1 === events.length ? last : wire.offset);
      } else {
        ++this.duplicates;
      }
    });
    if (last > at.offset) {
      this.moveTo({ epoch, offset: last });
    }
  }

  private event(wire: WireEvent, epoch: string, last: number): void {
    if (this.republished && this.ids.has(wire.event)) {
      ++this.duplicates;
      return;
    }
    this.ids.add(wire.event);
    this.position = { epoch, offset: wire.offset };
    this.sink.item(toItem(wire, epoch, last));
  }

  private checkFrame({ first, last, events }: EventsFrame): void {
    let before = first - 1;
    for (const { offset } of events) {
      if (offset <= before || offset > last) {
        throw new ProtocolFault(`offset ${offset} out of place in the frame ${first} to ${last}`);
      }
      before = offset;
    }
    if (last < first) {
      throw new ProtocolFault(`a frame from ${first} to ${last}`);
    }
  }

  /** The position, which must be there by now. */
  private at(): Position {
    if (this.position === undefined || this.snapshot !== undefined || this.asked !== undefined) {
      throw new ProtocolFault('a frame of the stream before "subscribed" or its snapshot was told');
    }
    return this.position;
  }

  /** The position in `epoch`, in which the stream goes on; a new one begins at 0. */
  private enter(epoch: string): Position {
    const previous = this.at();
    if (previous.epoch === epoch) {
      if (this.ended) {
        this.fault('an epoch went on after its end');
        this.ended = false;
      }
      return previous;
    }
    if (!this.ended) {
      this.fault(`the epoch changed from ${previous.epoch} to ${epoch} without a gap`);
      const gap = { epoch: previous.epoch, from: previous.offset + 1, to: null };
      this.tell({ ...gap, reason: 'protocol_fault' }, previous);
    }
    // Told on a running connection: a stream that begins anew, whose events are not the old ones.
    this.ended = false;
    this.republished = false;
    this.ids.clear();
    const position = { epoch, offset: 0 };
    this.position = position;
    this.sink.item({ kind: 'reset', reason: 'epoch_changed', previous, position: { ...position } });
    return position;
  }

  private hole(epoch: string, from: number, to: number): void {
    this.fault(`offsets ${from} to ${to} of ${epoch} were left out without a gap`);
    this.tell({ epoch, from, to, reason: 'protocol_fault' }, { epoch, offset: to });
  }

  /** A gap counts once, even if it is found again by the next connection. */
  private tell(gap: Gap, position: Position): void {
    this.complete = false;
    const { epoch, from, to } = gap;
    if (this.gaps.some((one) => one.epoch === epoch && one.from === from && one.to === to)) {
      return;
    }
    ++this.gapCount;
    this.gaps.push(gap);
    if (this.gaps.length > gapsKept) {
      this.gaps.shift();
    }
    this.sink.item({ kind: 'gap', ...gap, position: { ...position } });
  }

  private moveTo(position: Position): void {
    this.position = position;
    this.sink.progress({ ...position });
  }

  private fault(message: string): void {
    this.sink.fault(new ProtocolFault(message));
  }
}
