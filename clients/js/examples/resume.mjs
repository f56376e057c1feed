// Goes on where it stopped: node examples/resume.mjs [URL] [FILE]. Its position is in FILE; end it and
// start it again, and it prints what was published meanwhile, or says what is missing.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { TickStockClient } from '@tickstock/client';

const [url = 'http://127.0.0.1:8080', file = 'positions.json'] = process.argv.slice(2);

function load() {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {}; // the first time
  }
}

const client = new TickStockClient({ url, positions: load() });
const tape = client.subscribe({ id: 'example', since: 'now' });

/** Once a second, and at the end: events since then come again, and their (id, rev) says so. */
function save() {
  writeFileSync(`${file}.new`, JSON.stringify(client.positions()));
  renameSync(`${file}.new`, file); // never half a file
}
const timer = setInterval(save, 1000);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => client.close());
}

for await (const item of tape) {
  if (item.kind === 'event') {
    console.log(item.offset, item.event.id, item.event.symbol, item.event.type);
  } else if (item.kind === 'gap') {
    console.log(`MISSING ${item.from} to ${item.to ?? 'the end'} of ${item.epoch}: ${item.reason}`);
  } else {
    console.log(item.kind, item.position.offset);
  }
}
clearInterval(timer);
save();
