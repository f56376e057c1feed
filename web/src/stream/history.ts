import {
  HttpError,
  type EventItem,
  type EventsPage,
  type EventsQuery,
  type TickStockClient,
} from '@tickstock/client';
import type { EventBody, Position, StreamEvent } from './protocol';

/** The most that one answer of /api/v1/events holds. */
const pageSize = 1000;

/** The library's types are stricter than a page may be; see protocol.ts. */
export const toStreamEvent = ({ offset, event, raw }: EventItem): StreamEvent => ({
  offset,
  event: event as unknown as EventBody,
  raw,
});

/**
 * The last `count` events up to `position`, in their order. Throws when the server does not answer
 * or has begun another stream meanwhile.
 */
export async function fetchHistory(
  ask: (query: EventsQuery) => Promise<EventsPage>,
  { epoch, offset: last }: Position,
  count: number,
): Promise<StreamEvent[]> {
  const pages: Promise<EventsPage>[] = [];
  for (let offset = Math.max(0, last - count); offset < last; offset += pageSize) {
    pages.push(ask({ since: { epoch, offset }, limit: pageSize }));
  }
  const byOffset = new Map<number, StreamEvent>();
  for (const page of await Promise.all(pages)) {
    if (page.epoch !== epoch) {
      throw new Error('events: another epoch');
    }
    for (const item of page.events) {
      if (item.offset <= last) {
        byOffset.set(item.offset, toStreamEvent(item));
      }
    }
  }
  return [...byOffset.values()].sort((a, b) => a.offset - b.offset);
}

/** A symbol's newest events, and its latest of each type, of which there may be older ones. */
export async function fetchSymbol(client: TickStockClient, symbol: string): Promise<StreamEvent[]> {
  const [page, latest] = await Promise.all([
    client.events({ symbols: [symbol], limit: pageSize }),
    client.symbol(symbol).then(
      (answer) => Object.values(answer.latest),
      (error: unknown) => {
        if (error instanceof HttpError && error.status === 404) {
          return []; // nothing is known of it
        }
        throw error;
      },
    ),
  ]);
  return [...page.events, ...latest].map(toStreamEvent);
}
