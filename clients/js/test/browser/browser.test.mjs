// examples/browser.html in Debian's Chromium, with the driver of tests/browser where it is installed.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import {
  Server,
  atEnd,
  real,
  replayedBodies,
  temporaryFolder,
  until,
  writeSmallFile,
} from '../support/server.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const driver = fileURLToPath(new URL('../../../../tests/browser/package.json', import.meta.url));
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);

function launcher() {
  try {
    return createRequire(driver)('playwright-core').chromium;
  } catch {
    return undefined;
  }
}

const chromium = launcher();
const skip = real.skip || (chromium && executablePath ? false : 'no Chromium or no driver for it');

test(
  'a page reads the tape, and goes on where it was after a reload',
  { ...real, skip },
  async (t) => {
    const path = writeSmallFile(temporaryFolder(t));
    const bodies = replayedBodies(path);
    // The browser first: a replay that has ended by the time it is there has no events left.
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    atEnd(t, () => browser.close());
    const server = await Server.replay(
      t,
      path,
      '--speed',
      '20',
      '--data',
      temporaryFolder(t),
      '--web',
      root,
    );
    const page = await browser.newPage();
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    // Every offset that the page showed, over the reload; the list itself is cut to 200 lines.
    await page.addInitScript(() => {
      window.shown = JSON.parse(sessionStorage.getItem('shown') ?? '[]');
      const prepend = Element.prototype.prepend;
      Element.prototype.prepend = function (line) {
        window.shown.push(line.value);
        prepend.call(this, line);
      };
      addEventListener('pagehide', () => {
        sessionStorage.setItem('shown', JSON.stringify(window.shown));
      });
    });
    const shown = () => page.evaluate(() => window.shown);
    await page.goto(`${server.url}/examples/browser.html`);
    await until(async () => (await shown()).length > 10);
    assert.equal(await page.locator('#state').textContent(), 'open');
    await page.reload();
    const before = (await shown()).length;
    await until(async () => (await shown()).length > before + 10);
    const offsets = await shown();
    const expected = bodies
      .map((body, i) => ({ body, offset: i + 1 }))
      .filter(({ body, offset }) => offset >= offsets[0] && /"type":"(high|low|surge)"/.test(body))
      .map(({ offset }) => offset);
    assert.deepEqual(offsets, expected.slice(0, offsets.length));
    assert.equal(await page.locator('#complete').textContent(), 'yes');
    // A browser asks for an icon that is not there.
    assert.deepEqual(
      errors.filter((text) => !/status of 404/.test(text)),
      [],
    );
  },
);
