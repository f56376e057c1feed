// Compiled only (npm run check): what a program in TypeScript may write, and what it may not.
import {
  TickStockClient,
  isBarEvent,
  type EventItem,
  type Item,
  type TickStockEvent,
} from '../src/index.js';
import { nodeWebSocket } from '../src/transport/node/index.js';

declare const WebSocketOfTheBrowser: typeof WebSocket;

const client = new TickStockClient({ url: 'https://desk.example', token: async () => 'abc' });
new TickStockClient({ url: new URL('wss://h'), WebSocket: WebSocketOfTheBrowser });
new TickStockClient({ url: 'wss://h', WebSocket: nodeWebSocket({ tls: { ca: '…' } }) });
// @ts-expect-error the address is needed
new TickStockClient({});
// @ts-expect-error there is no such type of events
client.subscribe({ types: ['highs'] });
// @ts-expect-error nor such a restriction
client.subscribe({ filter: { minScore: 5 } });

export function describe({ event }: EventItem): string {
  if (isBarEvent(event)) {
    return event.data.timeframe;
  }
  switch (event.type) {
    case 'high':
    case 'low':
      return String(event.data.session_high);
    case 'trend':
      return String(event.data.trend_score);
    case 'surge':
      return event.data.expiration_raw;
    case 'valuation':
      return `${event.data.signal} ${event.price.toFixed(2)}`;
    case 'rule':
      return event.data.rule;
    case 'control':
      return event.data.kind + String(event.price satisfies null);
  }
}

export function position(item: Item): number {
  // @ts-expect-error an event has no reason
  void (item.kind === 'event' && item.reason);
  return item.kind === 'gap' ? (item.to ?? item.from) : item.position.offset;
}

export async function loop(): Promise<TickStockEvent[]> {
  const events: TickStockEvent[] = [];
  for await (const item of client.subscribe({ since: { epoch: 'e', offset: 0 } })) {
    if (item.kind === 'event') {
      const exact: bigint = item.tsNs;
      events.push(item.event);
      void exact;
    }
  }
  await client.user().filters.put('mine', { filter: { min_price: '5.25', symbols: ['IBM'] } });
  return events;
}
