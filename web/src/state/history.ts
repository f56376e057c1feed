import { api } from '../stream/api';
import { parseExact } from '../stream/json';
import type { Position, StreamEvent } from '../stream/protocol';

/** The most that one answer of /api/v1/events holds. */
const pageSize = 1000;

/**
 * The last `count` events up to `position`, in their order. Throws when the server does not answer
 * or has begun another stream meanwhile.
 */
export async function fetchHistory(position: Position, count: number): Promise<StreamEvent[]> {
  const from = Math.max(0, position.offset - count);
  const pages: Promise<StreamEvent[]>[] = [];
  for (let after = from; after < position.offset; after += pageSize) {
    pages.push(fetchPage({ epoch: position.epoch, offset: after }));
  }
  const byOffset = new Map<number, StreamEvent>();
  for (const entry of (await Promise.all(pages)).flat()) {
    if (entry.offset <= position.offset) {
      byOffset.set(entry.offset, entry);
    }
  }
  return [...byOffset.values()].sort((a, b) => a.offset - b.offset);
}

async function fetchPage(after: Position): Promise<StreamEvent[]> {
  const since = encodeURIComponent(`${after.epoch}:${after.offset}`);
  const response = await api.request(`events?since=${since}&limit=${pageSize}`, 5000);
  if (!response.ok) {
    throw new Error(`events: status ${response.status}`);
  }
  const page = parseExact(await response.text()) as { epoch: string; events: StreamEvent[] };
  if (page.epoch !== after.epoch) {
    throw new Error('events: another epoch');
  }
  return page.events;
}
