import type { EventType, StreamEvent } from '../stream/protocol';

/** Events of one type and direction within one candle: one marker. */
export interface Marker {
  /** `high up 1718720100`: stays while the candle does. */
  id: string;
  /** Of the candle, seconds. */
  t: number;
  type: EventType;
  up: boolean;
  /** Newest first. */
  events: StreamEvent[];
}

/** Where a chart may put a marker: the start of the candle that holds `ms`; null = none does. */
export function candleOf(starts: readonly number[], interval: number, ms: number): number | null {
  const seconds = ms / 1000;
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= seconds) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const start = starts[low - 1];
  return start !== undefined && seconds < start + interval ? start : null;
}

/** By candle, oldest first; events outside the candles have none, cancelled ones neither. */
export function markersOf(
  events: readonly StreamEvent[],
  starts: readonly number[],
  interval: number,
  types: ReadonlySet<EventType>,
): Marker[] {
  const byId = new Map<string, Marker>();
  for (const entry of events) {
    const { type, direction, ts, data } = entry.event;
    const t = types.has(type) && data.cancelled !== true ? candleOf(starts, interval, ts) : null;
    if (t === null) {
      continue;
    }
    const up = isUp(type, direction);
    const id = `${type} ${up ? 'up' : 'down'} ${t}`;
    const marker = byId.get(id);
    if (marker === undefined) {
      byId.set(id, { id, t, type, up, events: [entry] });
    } else {
      marker.events.push(entry);
    }
  }
  const markers = [...byId.values()];
  for (const marker of markers) {
    marker.events.sort((a, b) => b.event.ts - a.event.ts || b.offset - a.offset);
  }
  return markers.sort((a, b) => a.t - b.t || (a.id < b.id ? -1 : 1));
}

function isUp(type: EventType, direction: string | null): boolean {
  return type === 'high' || (type !== 'low' && direction !== 'down');
}
