import type { Evidence, SurgeData, TickStockEvent } from '../events.js';
import { EventItem } from '../items.js';
import { MalformedJson, skipValue, walkObject } from './scan.js';
import { toMilliseconds } from './times.js';

/** An item of `events` before its frame's epoch is known. */
export interface WireEvent {
  offset: number;
  tsPubRaw: string;
  raw: string;
  event: TickStockEvent;
}

function slice(text: string, at: number): [value: string, end: number] {
  const end = skipValue(text, at);
  return [text.slice(at, end), end];
}

const openBrace = 0x7b;

/**
 * Reads the body that begins at `at`: JSON.parse for all of it, and the three members that count
 * nanoseconds once more as text.
 */
function readBody(text: string, at: number): [raw: string, event: TickStockEvent, end: number] {
  let ts = '';
  let expiration: string | undefined;
  let priorExtreme: string | undefined;
  const inside = (start: number, wanted: string, take: (value: string) => void): number =>
    text.charCodeAt(start) !== openBrace
      ? skipValue(text, start)
      : walkObject(text, start, (key, value) => {
          const end = skipValue(text, value);
          if (key === wanted) {
            take(text.slice(value, end));
          }
          return end;
        });
  const end = walkObject(text, at, (key, start) => {
    if (key === 'data') {
      return inside(start, 'expiration', (value) => (expiration = value));
    }
    if (key === 'evidence') {
      return inside(start, 'prior_extreme_ts', (value) => (priorExtreme = value));
    }
    const stop = skipValue(text, start);
    if (key === 'ts') {
      ts = text.slice(start, stop);
    }
    return stop;
  });
  const raw = text.slice(at, end);
  const event = JSON.parse(raw) as TickStockEvent;
  event.ts = toMilliseconds(ts);
  event.ts_raw = ts;
  if (expiration !== undefined) {
    const data = event.data as SurgeData;
    data.expiration = toMilliseconds(expiration);
    data.expiration_raw = expiration;
  }
  if (priorExtreme !== undefined) {
    const evidence = event.evidence as Evidence;
    const isNull = priorExtreme === 'null';
    evidence.prior_extreme_ts = isNull ? null : toMilliseconds(priorExtreme);
    evidence.prior_extreme_ts_raw = isNull ? null : priorExtreme;
  }
  return [raw, event, end];
}

/** Reads the `{"offset":…,"ts_pub":…,"event":…}` that begins at `at`. */
export function readWireEvent(text: string, at: number): [event: WireEvent, end: number] {
  let offset = NaN;
  let tsPubRaw = '';
  let raw = '';
  let event: TickStockEvent | undefined;
  const end = walkObject(text, at, (key, start) => {
    if (key === 'event') {
      let stop: number;
      [raw, event, stop] = readBody(text, start);
      return stop;
    }
    const [value, stop] = slice(text, start);
    if (key === 'offset') {
      offset = Number(value);
    } else if (key === 'ts_pub') {
      tsPubRaw = value;
    }
    return stop;
  });
  if (!Number.isSafeInteger(offset) || event === undefined || !/^\d+$/.test(tsPubRaw)) {
    throw new MalformedJson('an event with offset and ts_pub', at);
  }
  return [{ offset, tsPubRaw, raw, event }, end];
}

/** `last`: the position that holds once the item is dealt with. */
export function toItem(wire: WireEvent, epoch: string, last: number = wire.offset): EventItem {
  return new EventItem({
    event: wire.event,
    epoch,
    offset: wire.offset,
    tsPub: toMilliseconds(wire.tsPubRaw),
    tsPubRaw: wire.tsPubRaw,
    raw: wire.raw,
    position: { epoch, offset: last },
  });
}
