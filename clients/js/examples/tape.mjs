// Prints the tape: node examples/tape.mjs [URL] [SYMBOL…]
// With authentication, TICKSTOCK_TOKEN is a token or an API key.
import { TickStockClient } from '@tickstock/client';

const [url = 'http://127.0.0.1:8080', ...symbols] = process.argv.slice(2);
const token = process.env.TICKSTOCK_TOKEN;

const client = new TickStockClient({ url, ...(token && { token }) });
client.on('state', ({ state, reason, retryInMs }) => {
  console.error(
    state === 'waiting' ? `waiting ${Math.round(retryInMs / 1000)} s: ${reason}` : state,
  );
});
process.on('SIGINT', () => client.close());

for await (const item of client.subscribe({ symbols, since: 'snapshot' })) {
  switch (item.kind) {
    case 'snapshot':
      console.log(`the latest of ${item.events.length} (symbol, type) pairs; from here on:`);
      break;
    case 'event': {
      const { type, symbol, direction } = item.event;
      const time = new Date(item.ts).toISOString().slice(11, 23);
      console.log(time, symbol.padEnd(6), type.padEnd(9), direction ?? '', item.text('price'));
      break;
    }
    case 'gap':
      console.log(
        `MISSING ${item.from} to ${item.to ?? 'the end'} of ${item.epoch}: ${item.reason}`,
      );
      break;
    default:
      console.log(item.kind, item.position.offset);
  }
}
