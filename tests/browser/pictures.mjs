// The pictures of docs/: every page on the bundled market, with a quiet machine and
//   TICKSTOCK_BINARY=build/release/tickstock node tests/browser/pictures.mjs [PAGE…]
import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchBrowser } from './support/browser.mjs';
import { startServer } from './support/server.mjs';

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'docs', 'images');
const settling = 20_000; // ms: figures of the last while, candles that move

/** Name of the file, address, size, colours. SYMBOL is the one with the most highs. */
const pictures = [
  ['dashboard', '', 1280, 660, 'dark'],
  ['tape', '', 1280, 740, 'dark'],
  ['tape-light', '', 1280, 660, 'light'],
  ['symbol', '#/symbol/SYMBOL', 1280, 740, 'dark'],
  ['symbol-light', '#/symbol/SYMBOL', 1280, 740, 'light'],
  ['market', '#/market', 1360, 780, 'dark'],
  ['health', '#/health', 1320, 800, 'dark'],
  ['settings', '#/settings', 1360, 800, 'dark'],
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !pictures.some(([known]) => known === name));
if (unknown.length > 0) {
  console.error(`no such picture: ${unknown}; accepted are ${pictures.map(([name]) => name)}`);
  process.exit(2);
}
const [server, browser] = await Promise.all([startServer(0), launchBrowser()]);
try {
  const market = await (await fetch(`${server.url}api/v1/market`)).json();
  const symbol = market.leaders.highs[0]?.symbol ?? 'A';
  await new Promise((resolve) => setTimeout(resolve, settling));
  for (const [name, address, width, height, colorScheme] of pictures) {
    if (wanted.length > 0 && !wanted.includes(name)) {
      continue;
    }
    const context = await browser.newContext({ viewport: { width, height }, colorScheme });
    const page = await context.newPage();
    await page.goto(`${server.url}${address.replace('SYMBOL', symbol)}`);
    await page.waitForTimeout(settling / 4);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await context.close();
    console.log(`${name}.png`);
  }
} finally {
  await browser.close();
  await server.stop();
}
