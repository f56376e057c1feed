// The market page: top lists, breadth, and that it says what it does not know.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fitsWindow, phone } from './support/narrow.mjs';
import { serverName, skipOnMock } from './support/server.mjs';
import { useStage } from './support/stage.mjs';

const stage = useStage();
const { open, part, text, eventually } = stage;
const lists = ['highs', 'lows', 'surges', 'trends', 'relative_volume'];
const rowsOf = (name) => part(`top-${name}`).locator('li');

/** The newest answer that the page was given: it is what the page shows, or is about to show. */
function newestAnswer() {
  const seen = { answer: undefined };
  stage.page.on('response', async (response) => {
    if (/\/api\/v1\/market\?/.test(response.url())) {
      // A page that goes away takes its answers with it.
      seen.answer = await response.json().catch(() => seen.answer);
    }
  });
  return seen;
}

describe(`the market page on the ${serverName}`, { timeout: 10 * 60_000 }, () => {
  it('fills every list with the server’s first symbols', async () => {
    const seen = newestAnswer();
    await open('#/market');
    for (const name of lists) {
      await eventually(
        () => rowsOf(name).count(),
        (n) => n > 0,
        `rows of ${name}`,
      );
    }
    await eventually(
      async () => {
        const shown = await rowsOf('highs').locator('b').allTextContents();
        return [shown.join(), seen.answer?.leaders.highs.map((row) => row.symbol).join()];
      },
      ([shown, told]) => shown === told,
      'the list of highs that the server tells',
    );
    assert.deepEqual(stage.complaints, []);
    assert.deepEqual(stage.strangers, []);
  });

  it('draws breadth by minute, and its sums are the server’s', async () => {
    const seen = newestAnswer();
    await open('#/market');
    const figures = /([\d,]+) highs ?([\d,]+) lows/;
    await eventually(
      async () => {
        const shown = figures.exec(await text('balance-extremes'));
        const breadth = seen.answer?.breadth;
        return [
          shown?.slice(1).map((figure) => figure.replaceAll(',', '')),
          [breadth?.highs, breadth?.lows].map(String),
        ];
      },
      ([shown, told]) => shown?.join() === told.join(),
      'sums as the server tells them',
    );
    const charts = part('breadth').locator('canvas');
    await charts.nth(2).waitFor();
    assert.equal(await charts.count(), 3);
    const painted = () =>
      charts.first().evaluate((canvas) => {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const colors = new Set();
        for (let i = 0; i < data.length; i += 4) {
          colors.add(`${data[i]},${data[i + 1]},${data[i + 2]},${data[i + 3]}`);
        }
        return colors.size;
      });
    await eventually(painted, (colours) => colours > 3, 'a chart in which something is drawn');
    // The pointer at the left edge reads the first minute instead of the newest.
    const reading = () => part('breadth').locator('figure time').first().textContent();
    const newest = await reading();
    await part('breadth')
      .locator('.u-over')
      .first()
      .hover({ position: { x: 3, y: 60 } });
    await eventually(reading, (time) => time < newest, 'an earlier minute');
    await stage.page.getByRole('button', { name: 'Session' }).click();
    assert.deepEqual(stage.complaints, []);
  });

  it('leads to the symbol’s page, by mouse and by keyboard', async () => {
    await open('#/market');
    const first = rowsOf('lows').first().locator('a');
    await first.waitFor();
    await first.click();
    await eventually(
      () => stage.page.url(),
      (url) => /#\/symbol\/./.test(url),
      'the symbol’s address',
    );
    // Lists that stand still: one that is put in another order may drop the focus.
    let answer;
    await stage.page.route('**/api/v1/market?*', async (route) => {
      answer ??= await (await route.fetch()).json();
      await route.fulfill({ json: answer });
    });
    await open('#/market');
    await rowsOf('highs').first().waitFor();
    await stage.page.keyboard.press('j');
    const focused = () =>
      stage.page.evaluate(() => document.activeElement?.getAttribute('href') ?? '');
    assert.match(await focused(), /^#\/symbol\//);
    await stage.page.keyboard.press('Enter');
    await eventually(
      () => stage.page.url(),
      (url) => /#\/symbol\/./.test(url),
      'the symbol’s address',
    );
  });

  it('shows longer lists on request and keeps that in the address', async () => {
    await open('#/market');
    await rowsOf('highs').first().waitFor();
    await stage.page.getByRole('button', { name: '25', exact: true }).click();
    await eventually(
      () => rowsOf('highs').count(),
      (n) => n === 25,
      '25 rows',
    );
    assert.match(stage.page.url(), /#\/market\/25$/);
  });

  it('says when the figures are not to be had, and when they are old', async () => {
    const error = { code: 'not_ready', message: 'made up: not now' };
    let broken = true;
    await stage.page.route('**/api/v1/market?*', (route) =>
      broken ? route.fulfill({ status: 503, json: { error } }) : route.continue(),
    );
    await open('#/market');
    await eventually(
      () => text('poll-error'),
      (words) => /not to be had: made up: not now \(status 503\)/.test(words),
      'why there is nothing',
    );
    broken = false;
    await rowsOf('highs').first().waitFor();
    assert.equal(await part('poll-error').count(), 0);
    broken = true;
    await eventually(
      () => part('poll-error').textContent(),
      (words) => /not fresh any more/.test(words),
      'that they are old',
    );
    assert.ok((await rowsOf('highs').count()) > 0, 'what was known stays');
  });

  it('tells when the session is not whole, and what an empty one looks like', async () => {
    let answer = { session: null, since: null, leaders: {}, breadth: { minutes: [] } };
    await stage.page.route('**/api/v1/market?*', (route) => route.fulfill({ json: answer }));
    await open('#/market');
    await eventually(
      () => text('top-highs'),
      (words) => /None yet in this session/.test(words),
      'an empty list',
    );
    assert.match(await text('breadth'), /No event of this session yet/);
    answer = { ...answer, session: 'pre', since: 1718713800000000000, complete: false };
    await eventually(
      () => part('market-since').textContent(),
      (words) => /Pre-market\s+– counted only since\s+08:30/.test(words),
      'that it is not whole',
    );
  });

  for (const address of ['market', 'health', 'alerts', 'sets/filters', 'sets/engine', 'settings']) {
    it(`fits a phone and the light theme: ${address}`, async () => {
      await stage.newPage({ viewport: phone, colorScheme: 'light' });
      await open(`#/${address}`);
      await stage.settled();
      await fitsWindow(stage.page);
      assert.deepEqual(stage.complaints, []);
    });
  }

  it('asks nothing while its tab is hidden', { skip: skipOnMock }, async () => {
    await open('#/market');
    await rowsOf('highs').first().waitFor();
    let asked = 0;
    stage.page.on('request', (request) => {
      asked += /api\/v1\/market/.test(request.url()) ? 1 : 0;
    });
    await stage.page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await stage.page.waitForTimeout(500);
    const before = asked;
    await stage.page.waitForTimeout(3000);
    assert.equal(asked, before);
    await stage.page.evaluate(() => {
      delete document.hidden;
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await eventually(
      () => asked,
      (n) => n > before,
      'a question after it is seen again',
    );
  });
});
