/** Frames and events as the server writes them, by hand. */
export function body(id, more = {}) {
  return {
    id,
    rev: 0,
    type: 'high',
    symbol: 'AAA',
    direction: 'up',
    price: 100.01,
    ts: 1709649001000,
    session: 'regular',
    source: 'tick',
    confidence: 1,
    priority: 2,
    volume: 100,
    data: {},
    evidence: null,
    ...more,
  };
}

export function item(offset, event = body(`id${offset}`)) {
  return { offset, ts_pub: 1763735412123, event };
}

export const subscribed = (id, epoch, offset, recovered = false, reason = null) => ({
  op: 'subscribed',
  id,
  position: { epoch, offset },
  recovered,
  reason,
});
export const events = (id, epoch, first, last, items) => ({
  op: 'events',
  id,
  epoch,
  first,
  last,
  events: items,
});
export const gap = (id, epoch, from, to, reason) => ({ op: 'gap', id, epoch, from, to, reason });
export const heartbeat = (epoch, offset, ts = 1763735413000000000) => ({
  op: 'heartbeat',
  epoch,
  offset,
  ts,
});
export const snapshot = (id, epoch, offset, more, items) => ({
  op: 'snapshot',
  id,
  epoch,
  offset,
  more,
  events: items,
});
