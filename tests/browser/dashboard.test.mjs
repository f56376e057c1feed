// The dashboard in a real browser against the real server. One server and one browser for all tests,
// a page of its own for each; the page's console must stay clean and nothing may leave the machine.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { madeUp } from './support/events.mjs';
import { serverName, startServer } from './support/server.mjs';
import { useStage } from './support/stage.mjs';

const stage = useStage();
const { open, part, rows, text, figure, topId, shownRows, eventually, intercept, newPage } = stage;

describe(`dashboard on the ${serverName}`, { timeout: 10 * 60_000 }, () => {
  it('opens cleanly: no console message, no policy report, no request elsewhere', async () => {
    await stage.page.addInitScript(() => {
      globalThis.policyReports = [];
      document.addEventListener('securitypolicyviolation', (report) =>
        globalThis.policyReports.push(`${report.violatedDirective} ${report.blockedURI}`),
      );
    });
    await open();
    // Not the first line: over it lies what tells that a tape under the mouse stands still.
    await rows().nth(5).click();
    await part('drawer').waitFor();
    for (const page of ['market', 'symbol', 'health', 'alerts', 'sets', 'settings', 'tape']) {
      await stage.page.locator(`nav [data-page=${page}]`).click();
      await stage.pageIs(page);
    }
    await stage.page.waitForTimeout(1500);
    assert.deepEqual(await stage.page.evaluate(() => globalThis.policyReports), []);
    assert.deepEqual(stage.complaints, []);
    assert.deepEqual(stage.strangers, []);
  });

  it('shows the events that the API lists, in their order', async () => {
    await open();
    await stage.page.keyboard.press(' ');
    const samePrice = (row, entry) =>
      entry === undefined ||
      entry.event.price === null ||
      Number(row.price.replaceAll(',', '')) === entry.event.price;
    // A line changes in its place: a revision may reach one of the two before the other.
    const [shown, byId] = await eventually(
      async () => {
        const lines = await shownRows();
        const answer = await stage.page.request.get(`${stage.server.url}api/v1/events?limit=1000`);
        const { events } = await answer.json();
        return [lines, new Map(events.map((entry) => [entry.event.id, entry]))];
      },
      ([lines, entries]) => lines.every((row) => samePrice(row, entries.get(row.id))),
      'the prices that are listed',
    );
    assert.ok(shown.length >= 20, `only ${shown.length} lines`);
    let before = Infinity;
    for (const row of shown) {
      const entry = byId.get(row.id);
      assert.ok(entry, `${row.id} of ${row.symbol} is not listed`);
      assert.equal(row.symbol, entry.event.symbol);
      assert.equal(row.type, entry.event.type);
      if (entry.event.rev === 0) {
        assert.ok(entry.offset < before, 'the newest must be on top');
        before = entry.offset;
      }
    }
  });

  it('shows market time, to the millisecond, of events beyond 2^53', async () => {
    const hand = await intercept();
    await open();
    hand.mute();
    hand.say(madeUp());
    const row = await eventually(
      async () => (await shownRows())[0],
      (first) => first.symbol === 'MADEUP',
      'the event',
    );
    assert.equal(row.time, '10:15:05.123');
  });

  it('counts: figures move, channels are alive, the sums close', async () => {
    await open();
    const total = await eventually(
      () => figure('events'),
      (n) => n > 0,
      'a total',
    );
    await eventually(
      () => figure('events'),
      (n) => n > total,
      'the total rise',
    );
    const highs = await figure('highs');
    const lows = await figure('lows');
    assert.ok(highs > 0 && lows > 0, `${highs} highs, ${lows} lows`);
    await eventually(
      () => text('records'),
      (word) => word !== '0' && word !== '–',
      'records a second',
    );
    await eventually(
      () => text('connection'),
      (word) => /Live/.test(word),
      'a live connection',
    );
    const before = await text('clock');
    await eventually(
      () => text('clock'),
      (now) => now !== before,
      'the market clock move',
    );
  });

  it('stands still on Space, tells what waits, and goes on', async () => {
    await open();
    await stage.page.keyboard.press(' ');
    const held = await topId();
    const chip = await eventually(
      async () => ((await part('new-chip').count()) > 0 ? text('new-chip') : ''),
      (word) => /\d+ new/.test(word),
      'how many are new',
    );
    assert.match(chip, /Space to go on/);
    assert.equal(await topId(), held);
    await stage.page.keyboard.press(' ');
    await eventually(topId, (id) => id !== held, 'the tape go on');
    assert.equal(await part('new-chip').count(), 0);
  });

  it('stands still under the mouse', async () => {
    await open();
    await rows().nth(5).hover();
    const held = await topId();
    await part('new-chip').waitFor();
    assert.equal(await topId(), held);
    await stage.page.mouse.move(5, 5);
    await eventually(topId, (id) => id !== held, 'the tape go on');
  });

  it('keeps its number of elements, however many events come', async () => {
    await open();
    const elements = () =>
      stage.page.evaluate(() => document.querySelectorAll('[data-testid=tape] *').length);
    const total = await eventually(
      () => figure('events'),
      (n) => n > 0,
      'a total',
    );
    await stage.settled();
    const lines = await rows().count();
    assert.ok((await figure('tape-count')) > lines, 'there are more events than lines');
    await eventually(
      () => figure('events'),
      (n) => n >= total + 8,
      'eight more events',
    );
    assert.equal(await rows().count(), lines);
    assert.ok((await elements()) < lines * 40);
  });

  it('filters by type and by symbol', async () => {
    await open();
    await stage.page.keyboard.press('2');
    const lows = await eventually(
      shownRows,
      (shown) => shown.length > 0 && shown.every((row) => row.type === 'low'),
      'nothing but lows',
    );
    const { symbol } = lows[0];
    await stage.page.keyboard.press('2');
    await stage.page.keyboard.press('f');
    await stage.page.keyboard.type(`"${symbol.toLowerCase()}"`);
    await eventually(
      shownRows,
      (shown) => shown.length > 0 && shown.every((row) => row.symbol === symbol),
      `nothing but ${symbol}`,
    );
    await part('symbol-filter').fill('zzzzzzzzzz');
    await eventually(
      async () => ((await part('empty').count()) > 0 ? text('empty') : ''),
      (words) => words.includes('Nothing matches'),
      'that nothing matches',
    );
    await stage.page.getByRole('button', { name: 'Show all events' }).click();
    await eventually(
      () => rows().count(),
      (n) => n >= 20,
      'all events again',
    );
  });

  it('tells about an event in plain words, by mouse and by key', async () => {
    const hand = await intercept();
    await open();
    hand.mute();
    hand.say(madeUp());
    await stage.page.locator('[data-id=feedfacecafebeef]').click();
    const drawer = await text('drawer');
    assert.match(
      drawer,
      /New session high 187\.42, 0\.31 % above the last one, 186\.84 at 09:58:12\.123\./,
    );
    assert.match(drawer, /The 12th high of this session\./);
    assert.match(drawer, /Set by trade 71675 of 300 shares\./);
    await stage.page.keyboard.press('Escape');
    assert.equal(await part('drawer').count(), 0);
    await stage.page.keyboard.press('j');
    await stage.page.keyboard.press('j');
    const second = await rows().nth(1).getAttribute('data-id');
    assert.ok((await text('drawer')).includes(second), 'the second line is open');
  });

  it('changes a revised event in its place and strikes it through when it is cancelled', async () => {
    const hand = await intercept();
    await open();
    hand.mute();
    hand.say(madeUp());
    hand.say(madeUp({ id: 'aaaaaaaaaaaaaaaa', symbol: 'LATER' }));
    const body = madeUp({ rev: 1, price: 186.84 });
    hand.say({ ...body, data: { ...body.data, cancelled: true } });
    const shown = await eventually(shownRows, (all) => all[1]?.struck, 'a struck line');
    assert.equal(shown[0].symbol, 'LATER');
    assert.equal(shown[1].symbol, 'MADEUP');
    assert.equal(shown[1].price, '186.84');
    assert.match(shown[1].notes, /cancelled/);
    assert.equal(shown.filter((row) => row.id === body.id).length, 1);
  });

  it('shows hostile text as text', async () => {
    const hand = await intercept();
    await open();
    hand.mute();
    const symbol = '<img src=x>';
    const reason = '<svg onload=globalThis.pwned=1>';
    const body = madeUp({ symbol });
    hand.say({
      ...body,
      data: { ...body.data, reversal: '<b id=bold>W</b>', kind: reason },
    });
    const row = await eventually(
      async () => (await shownRows())[0],
      (first) => first.id === body.id,
      'the event',
    );
    assert.equal(row.symbol, symbol);
    await rows().first().click();
    assert.ok((await text('drawer')).includes(symbol));
    await eventually(
      () => text('clock'),
      (word) => word !== '',
      'the page alive',
    );
    assert.equal(await stage.page.locator('#bold, img, svg[onload]').count(), 0);
    assert.equal(await stage.page.evaluate(() => globalThis.pwned), undefined);
    assert.deepEqual(stage.complaints, []);
  });

  it('shows a gap that the server names, with its count and reason', async () => {
    const hand = await intercept();
    await open();
    hand.mute();
    const { epoch, last } = hand.state;
    hand.frame({
      op: 'gap',
      epoch,
      from: last + 1,
      to: last + 40,
      reason: 'evicted',
    });
    assert.match(await text('gaps'), /1 gap evicted/);
    await part('gaps').click();
    await stage.page.getByText(/40 events are missing/).waitFor();
  });

  it('says so when the status is not to be had, and recovers', async () => {
    let fails = true;
    await stage.page.route('**/api/v1/status', (route) =>
      fails ? route.fulfill({ status: 503, body: 'no' }) : route.continue(),
    );
    await open('#/health');
    await stage.page.getByText('Status is not to be had: status 503.').waitFor();
    fails = false;
    await part('channel-tick').waitFor();
    assert.equal(await stage.page.getByText('Status is not to be had').count(), 0);
  });

  it('follows the system to the light theme, and the toggle, and remembers', async () => {
    await newPage({ colorScheme: 'light' });
    await open();
    const background = () =>
      stage.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await stage.page.getByRole('button', { name: 'Use the dark theme' }).click();
    const dark = await background();
    assert.notEqual(light, dark);
    await stage.page.reload();
    await rows().first().waitFor();
    assert.equal(await background(), dark);
  });

  it('fits a phone', async () => {
    await newPage({ viewport: { width: 390, height: 844 }, hasTouch: true });
    await open();
    await stage.settled();
    const wide = () => stage.page.evaluate(() => document.documentElement.scrollWidth);
    assert.equal(await wide(), 390);
    await part('more-filters').click();
    await part('tape-filters').waitFor();
    await stage.settled();
    assert.equal(await wide(), 390);
  });

  it('survives the server: says that it is gone, comes back, tells of the new stream', async () => {
    await open();
    const { port } = stage.server;
    await stage.server.stop('SIGKILL');
    await part('banner').waitFor();
    assert.match(await text('banner'), /Connection lost/);
    assert.match(await text('connection'), /Disconnected|Connecting/);
    assert.ok((await rows().count()) > 0, 'the last known state stays');
    stage.server = await startServer(port);
    await eventually(
      async () => ((await part('gaps').count()) > 0 ? text('gaps') : ''),
      (word) => word === '1 gap new stream',
      'the new stream',
    );
    await eventually(
      () => part('banner').count(),
      (n) => n === 0,
      'the banner go',
    );
    const held = await topId();
    await eventually(topId, (id) => id !== held, 'the stream go on');
  });

  it('shows that the server is not there at first, and waits for it', async () => {
    await open();
    const { port } = stage.server;
    await stage.page.route('**/api/**', (route) => route.abort());
    await stage.page.routeWebSocket(/\/ws$/, (socket) =>
      socket.close({ code: 1011, reason: 'gone' }),
    );
    await stage.page.reload();
    await eventually(
      async () => ((await part('empty').count()) > 0 ? text('empty') : ''),
      (words) => words.includes('No connection'),
      'that there is no connection',
    );
    assert.equal(stage.server.port, port);
  });
});
