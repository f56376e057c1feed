// The script of browser.html.
import { TickStockClient } from '../dist/index.js';

const show = (id, text) => (document.getElementById(id).textContent = text);

const client = new TickStockClient({
  url: location.origin,
  positions: JSON.parse(sessionStorage.getItem('positions') ?? '{}'),
});
client.on('state', ({ state }) => show('state', state));
addEventListener('pagehide', () => {
  sessionStorage.setItem('positions', JSON.stringify(client.positions()));
});

client.subscribe(
  { id: 'tape', types: ['high', 'low', 'surge'], since: 'snapshot' },
  {
    onEvent: ({ offset, ts, event }) => {
      const line = document.createElement('li');
      line.value = offset;
      line.textContent = `${new Date(ts).toLocaleTimeString()} ${event.symbol} ${event.type} ${event.price}`;
      const list = document.getElementById('tape');
      list.prepend(line);
      if (list.children.length > 200) {
        list.lastElementChild.remove();
      }
    },
    onGap: ({ from, to, reason }) =>
      show('complete', `no, ${from} to ${to ?? 'the end'} are missing (${reason})`),
  },
);
