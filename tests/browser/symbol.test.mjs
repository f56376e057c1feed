// A symbol's page: candles, events and their evidence, the session, the trace.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { madeUp } from './support/events.mjs';
import { serverName } from './support/server.mjs';
import { useStage } from './support/stage.mjs';

const stage = useStage();
const { open, part, text, eventually, intercept, newPage } = stage;

/** A symbol that is busy: it has had the most highs. */
async function busy() {
  const answer = await stage.page.request.get(
    `${stage.server.url}api/v1/events?types=high&limit=1000`,
  );
  const counts = new Map();
  for (const { event } of (await answer.json()).events) {
    counts.set(event.symbol, (counts.get(event.symbol) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0][0];
}

/** How many colours the chart's canvases have, and a sum that changes with what is drawn. */
const drawn = () =>
  part('candles').evaluate((box) => {
    const colors = new Map();
    let sum = 0;
    for (const canvas of box.querySelectorAll('canvas')) {
      // Of a copy: reading the chart's own canvas would slow it down for good.
      const copy = document.createElement('canvas');
      [copy.width, copy.height] = [canvas.width, canvas.height];
      const context = copy.getContext('2d', { willReadFrequently: true });
      context.drawImage(canvas, 0, 0);
      const { data } = context.getImageData(0, 0, copy.width, copy.height);
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] > 200) {
          const color = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
          colors.set(color, (colors.get(color) ?? 0) + 1);
          sum = (sum * 31 + color) % 1_000_000_007;
        }
      }
    }
    const pixels = (name) => {
      const [r, g, b] = getComputedStyle(document.documentElement)
        .getPropertyValue(name)
        .match(/[0-9a-f]{2}/gi)
        .map((digits) => parseInt(digits, 16));
      return colors.get((r << 16) | (g << 8) | b) ?? 0;
    };
    return {
      colors: [...colors.values()].filter((count) => count > 40).length,
      sum,
      rising: pixels('--up'),
      falling: pixels('--down'),
      vwap: pixels('--accent'),
    };
  });

async function openSymbol(symbol, rest = '') {
  await open(`#/symbol/${encodeURIComponent(symbol)}${rest}`);
}

describe(`a symbol's page on the ${serverName}`, { timeout: 10 * 60_000 }, () => {
  it('draws candles, and goes on drawing', async () => {
    await stage.page.goto(stage.server.url);
    const symbol = await busy();
    await openSymbol(symbol);
    const first = await eventually(drawn, ({ colors }) => colors >= 5, 'a chart with its colours');
    // Their arrows have the candles' colours.
    for (const name of ['Highs', 'Lows']) {
      await stage.page.getByRole('button', { name, exact: true }).click();
    }
    await eventually(
      drawn,
      ({ rising, falling, vwap }) => rising > 100 && falling > 100 && vwap > 100,
      'rising and falling candles and the VWAP',
    );
    await eventually(
      () => text('legend'),
      (words) => /O [\d.,]+ H [\d.,]+ L [\d.,]+ C [\d.,]+/.test(words),
      'the figures of a candle',
    );
    await stage.page.getByRole('button', { name: '1 s', exact: true }).click();
    await eventually(drawn, ({ colors, sum }) => colors >= 5 && sum !== first.sum, 'other candles');
    assert.match(await part('candles').getAttribute('aria-label'), /\d+ candles; the last at/);
    assert.deepEqual(stage.complaints, []);
    assert.deepEqual(stage.strangers, []);
  });

  it('shows the session’s figures as the API tells them', async () => {
    await stage.page.goto(stage.server.url);
    const symbol = await busy();
    await openSymbol(symbol);
    const words = await eventually(
      () => text('session'),
      (all) => /Last [\d.,]+/.test(all),
      'figures',
    );
    const answer = await stage.page.request.get(
      `${stage.server.url}api/v1/symbols/${symbol}/candles?limit=1`,
    );
    const { session } = await answer.json();
    const shown = (name) =>
      Number(new RegExp(`${name} ([\\d.,]+)`).exec(words)[1].replaceAll(',', ''));
    assert.equal(shown('Open'), session.open);
    assert.ok(shown('High') <= session.high && shown('Low') >= session.low);
  });

  it('lists the events, and opens the evidence of each', async () => {
    await stage.page.goto(stage.server.url);
    const symbol = await busy();
    await openSymbol(symbol);
    const lines = part('symbol-events').locator('button');
    await lines.first().waitFor();
    // The stream may bring one before the server has told the others.
    await eventually(
      () => part('latest').locator('[data-type=high]').count(),
      (n) => n === 1,
      'the latest high',
    );
    // By its id: soon another one is the first.
    const id = await lines.first().getAttribute('data-id');
    await part('symbol-events').locator(`[data-id="${id}"]`).click();
    await eventually(
      () => text('drawer'),
      (words) => words.includes(symbol) && words.includes(id),
      'its evidence',
    );
    await stage.page.keyboard.press('Escape');
    await part('drawer').waitFor({ state: 'detached' });
    await stage.page.locator('main').focus();
    await stage.page.keyboard.press('j');
    await stage.page.keyboard.press('Enter');
    await part('drawer').waitFor();
  });

  it('opens the evidence of a marker that is clicked', async () => {
    // A chart that stands still: in one that moves, the marker is gone from under the pointer.
    const hand = await intercept();
    let answer;
    await stage.page.route('**/candles?*', async (route) => {
      answer ??= await (await route.fetch()).json();
      await route.fulfill({ json: answer });
    });
    await stage.page.goto(stage.server.url);
    const symbol = await busy();
    await openSymbol(symbol);
    await eventually(drawn, ({ colors }) => colors >= 5, 'a chart');
    await part('symbol-events').locator('button').first().waitFor();
    hand.mute();
    // Where the pointer becomes a hand there is a marker.
    const box = await part('candles').boundingBox();
    const found = await findHand(box);
    assert.ok(found !== null, 'no marker under the pointer');
    await stage.page.mouse.click(found.x, found.y);
    await part('drawer').waitFor();
    assert.ok((await text('drawer')).includes(symbol));
  });

  it('takes in what the stream brings', async () => {
    const hand = await intercept();
    await stage.page.goto(stage.server.url);
    const symbol = await busy();
    await openSymbol(symbol);
    await part('symbol-events').locator('button').first().waitFor();
    await eventually(
      () => hand.state.id,
      (id) => id !== '',
      'a subscription',
    );
    hand.mute();
    hand.say(madeUp({ symbol, ts: Date.now() * 1e6, id: 'cafecafecafecafe' }));
    await stage.page.locator('[data-testid=symbol-events] [data-id=cafecafecafecafe]').waitFor();
  });

  it('says that a symbol is unknown, and what there is', async () => {
    await openSymbol('ZZZZZZZZ');
    await part('unknown-symbol').waitFor();
    assert.match(await text('unknown-symbol'), /Nothing is known of ZZZZZZZZ/);
    await stage.page.goto(`${stage.server.url}#/symbol`);
    await stage.page.getByRole('heading', { name: 'Which symbol?' }).waitFor();
    assert.ok(
      await part('choose-symbol').evaluate((element) => element === document.activeElement),
    );
  });

  it('says why there are no candles, and goes on when there are', async () => {
    await stage.page.goto(stage.server.url);
    const symbol = await busy();
    let fails = true;
    const error = { code: 'not_ready', message: 'made up: there is no journal' };
    await stage.page.route('**/candles?*', (route) =>
      fails ? route.fulfill({ status: 503, json: { error } }) : route.continue(),
    );
    await openSymbol(symbol);
    await stage.page.getByText('made up: there is no journal (status 503)').waitFor();
    await part('symbol-events').locator('button').first().waitFor();
    fails = false;
    await eventually(drawn, ({ colors }) => colors >= 5, 'a chart');
    assert.equal(await part('poll-error').count(), 0);
  });

  it('traces the newest records through every stage', async () => {
    await stage.page.goto(stage.server.url);
    const symbol = await busy();
    await openSymbol(symbol, '/trace');
    const lines = part('trace').locator('tbody tr');
    /** The first line's sequence, '' while there is none; asked again where the server took too long. */
    const first = async () => {
      const again = part('poll-error').getByRole('button', { name: 'Try now' });
      if ((await again.count()) > 0) {
        await again.click({ timeout: 1000 }).catch(() => undefined); // or it is gone by now
      }
      const cell = lines.first().locator('.sequence');
      return (await lines.count()) > 0 ? (await cell.textContent()).replaceAll(',', '') : '';
    };
    await eventually(first, (sequence) => sequence !== '', 'records');
    const stages = await lines.first().locator('ol li').allTextContents();
    assert.ok(stages.length >= 2, stages.join());
    const sequences = await lines
      .locator('.sequence')
      .evaluateAll((cells) => cells.map((cell) => Number(cell.textContent.replaceAll(',', ''))));
    assert.deepEqual(
      sequences,
      [...sequences].sort((a, b) => b - a),
    );
    await stage.page.getByRole('button', { name: 'Earlier' }).click();
    await eventually(
      first,
      (sequence) => sequence !== '' && Number(sequence) < sequences.at(-1),
      'earlier records',
    );
  });

  it('fits a phone', async () => {
    await newPage({ viewport: { width: 360, height: 740 }, hasTouch: true });
    await stage.page.goto(stage.server.url);
    const symbol = await busy();
    for (const rest of ['', '/trace']) {
      await openSymbol(symbol, rest);
      await stage.page.waitForTimeout(1200);
      const wide = await stage.page.evaluate(() => document.documentElement.scrollWidth);
      assert.equal(wide, 360, rest);
    }
  });
});

/**
 * A point of the chart over which the pointer is a hand, or null. The moves are the page's own: by
 * the thousand, the real pointer takes minutes on a loaded machine.
 */
async function findHand(box) {
  // The chart listens to moves once the pointer is there.
  await stage.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  return part('candles').evaluate((element, { x: left, y: top, width, height }) => {
    const isHand = (clientX, clientY) => {
      const move = new MouseEvent('mousemove', { bubbles: true, clientX, clientY });
      const under = document.elementFromPoint(clientX, clientY);
      under.dispatchEvent(move);
      under.dispatchEvent(move); // the hand may come one move late
      return element.style.cursor === 'pointer';
    };
    for (let y = top + 12; y < top + 0.8 * height; y += 5) {
      for (let x = left + width - 90; x > left + 20; x -= 7) {
        if (isHand(x, y)) {
          return { x, y };
        }
      }
    }
    return null;
  }, box);
}
