// A picture of the dashboard at a URL:
//
//   node screenshot.mjs URL OUT.png [WIDTH HEIGHT] [--light] [--wait SECONDS] [--open]
//
// The URL may name a page: http://127.0.0.1:8080/#/symbol/AAPL. --open clicks the third event of the
// tape, so that the details show.
import { launchBrowser } from './support/browser.mjs';

const argument = (name, standard) => {
  const at = process.argv.indexOf(`--${name}`);
  return at > 0 ? process.argv[at + 1] : standard;
};
const [url, out, width = '1440', height = '900'] = process.argv
  .slice(2)
  .filter((word, i, all) => !word.startsWith('--') && all[i - 1] !== '--wait');
if (url === undefined || out === undefined) {
  console.error('usage: screenshot.mjs URL OUT.png [WIDTH HEIGHT] [--light] [--wait S] [--open]');
  process.exit(2);
}

const browser = await launchBrowser();
try {
  const page = await browser.newPage({
    viewport: { width: Number(width), height: Number(height) },
    colorScheme: process.argv.includes('--light') ? 'light' : 'dark',
  });
  await page.goto(url);
  await page.locator('[data-testid=tape] .row, main h2').first().waitFor();
  await page.waitForTimeout(1000 * Number(argument('wait', '5')));
  if (process.argv.includes('--open')) {
    await page.locator('[data-testid=tape] .row').nth(2).click();
    await page.mouse.move(1, 1);
    await page.waitForTimeout(300);
  }
  await page.screenshot({ path: out });
} finally {
  await browser.close();
}
