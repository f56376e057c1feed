// What holds on every page: addresses, navigation, keys, the badge of alerts, the narrow window.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serverName } from './support/server.mjs';
import { useStage } from './support/stage.mjs';

const stage = useStage();
const { open, part, rows, text, eventually, newPage } = stage;
const ids = ['tape', 'market', 'symbol', 'health', 'alerts', 'sets', 'rollout', 'settings'];
const link = (id) => stage.page.locator(`nav [data-page=${id}]`);
const address = () => stage.page.evaluate(() => location.hash);
const press = (...keys) =>
  keys.reduce(
    (before, key) => before.then(() => stage.page.keyboard.press(key)),
    Promise.resolve(),
  );
/** `g` and a key, the second sent at once: the page waits for it no longer than 1.5 s. */
const go = (key) => Promise.all([press('g'), press(key)]);
const isHere = (id) =>
  eventually(
    () => link(id).getAttribute('aria-current'),
    (current) => current === 'page',
    `the page ${id}`,
  );

describe(`the dashboard's shell on the ${serverName}`, { timeout: 10 * 60_000 }, () => {
  it('has an address for each page, which Back and a reload keep', async () => {
    await open();
    for (const id of ids) {
      await link(id).click();
      await isHere(id);
      assert.equal(await address(), `#/${id}`);
    }
    await stage.page.goBack();
    await isHere('rollout');
    await stage.page.reload();
    await isHere('rollout');
    await stage.page.goto(`${stage.server.url}#/nowhere`);
    await isHere('tape');
  });

  it('goes on with the stream while another page is shown', async () => {
    await open();
    const before = await eventually(
      () => stage.figure('events'),
      (now) => now > 0,
      'a total',
    );
    const requests = [];
    stage.page.on('websocket', (socket) => requests.push(socket.url()));
    await link('health').click();
    await isHere('health');
    await link('tape').click();
    await rows().first().waitFor();
    await eventually(
      () => stage.figure('events'),
      (now) => now > before,
      'more events',
    );
    assert.deepEqual(requests, [], 'the line is the same');
  });

  it('is gone through with keys', async () => {
    await open();
    for (const [key, id] of [
      ['m', 'market'],
      ['h', 'health'],
      ['a', 'alerts'],
      ['u', 'sets'],
      ['r', 'rollout'],
      ['c', 'settings'],
      ['s', 'symbol'],
      ['t', 'tape'],
    ]) {
      await go(key);
      await isHere(id);
      if (id === 'symbol') {
        // Without a symbol its page, once it is fetched, asks for one in a field that takes the keys.
        await part('choose-symbol').and(stage.page.locator(':focus')).waitFor();
        await press('Escape');
      }
    }
    await press('?');
    const help = stage.page.getByRole('dialog', { name: 'Keyboard help' });
    await help.waitFor();
    assert.match(await help.textContent(), /Stop and start the tape/);
    await go('m');
    await isHere('tape');
    await press('Escape');
    await help.waitFor({ state: 'detached' });
    const theme = () => stage.page.evaluate(() => document.documentElement.dataset.theme);
    const before = await theme();
    await press('t');
    assert.notEqual(await theme(), before);
  });

  it('goes to a symbol from everywhere, by / and its beginning', async () => {
    await open();
    const symbol = (await stage.shownRows()).find((row) => row.symbol !== '').symbol;
    await go('h');
    await isHere('health');
    await press('/');
    const field = part('go-to-symbol');
    assert.ok(await field.evaluate((element) => element === document.activeElement));
    await stage.page.keyboard.type(symbol.toLowerCase());
    const option = stage.page.getByRole('option', { name: symbol, exact: true });
    await option.waitFor();
    await press('Enter');
    await isHere('symbol');
    assert.equal(await address(), `#/symbol/${encodeURIComponent(symbol)}`);
    await stage.page.getByRole('heading', { name: symbol, exact: true }).waitFor();
    assert.ok((await stage.page.title()).startsWith(symbol));
  });

  it('leaves the keys to whoever types while the symbol page is fetched', async () => {
    let comes;
    const held = new Promise((resolve) => (comes = resolve));
    await stage.page.route(/\/Symbol-[^/]*\.js$/, (route) => held.then(() => route.continue()));
    await open();
    await go('s');
    await isHere('symbol');
    await press('/');
    await stage.page.keyboard.type('xy');
    comes();
    await part('choose-symbol').waitFor();
    await stage.page.keyboard.type('z');
    assert.equal(await part('go-to-symbol').inputValue(), 'xyz');
  });

  it('has a way past the navigation, and shows where the focus is', async () => {
    await open();
    await press('Tab');
    const skip = stage.page.getByRole('link', { name: 'Skip to the content' });
    assert.ok(await skip.evaluate((element) => element === document.activeElement));
    await press('Enter');
    assert.equal(await stage.page.evaluate(() => document.activeElement.id), 'main');
    await link('market').focus();
    await press('Tab');
    const outline = await stage.page.evaluate(
      () => getComputedStyle(document.activeElement).outlineStyle,
    );
    assert.notEqual(outline, 'none');
    for (const role of ['banner', 'navigation', 'main']) {
      assert.equal(await stage.page.getByRole(role).count(), 1, role);
    }
  });

  it('shows how many alerts are active', async () => {
    let active = 3;
    await stage.page.route('**/api/v1/alerts*', (route) =>
      route.fulfill({
        json: {
          active: Array.from({ length: active }, (_, id) => ({
            id,
            type: 'X',
            message: 'made up',
          })),
          recent: [],
        },
      }),
    );
    await open();
    await eventually(
      () => text('alert-badge'),
      (words) => /^3\s*active$/.test(words),
      'the badge',
    );
    active = 0;
    await part('alert-badge').waitFor({ state: 'detached' });
  });

  it('fits a narrow phone on every page, with the navigation at its foot', async () => {
    await newPage({ viewport: { width: 360, height: 740 }, hasTouch: true });
    await open();
    const { symbol } = (await stage.shownRows()).find((row) => row.symbol !== '');
    const places = [...ids, `symbol/${encodeURIComponent(symbol)}`];
    for (const place of places) {
      await open(`#/${place}`);
      await stage.settled();
      const [wide, high, foot] = await stage.page.evaluate(() => [
        document.documentElement.scrollWidth,
        document.documentElement.scrollHeight - innerHeight,
        document.querySelector('nav').getBoundingClientRect().bottom,
      ]);
      assert.equal(wide, 360, `${place} is ${wide} wide`);
      assert.ok(high <= 0, `${place} is ${high} higher than the window`);
      assert.equal(Math.round(foot), 740, place);
    }
    await part('connection').waitFor();
    assert.deepEqual(stage.complaints, []);
  });

  it('has names for every control, and contrast enough for its words', async () => {
    for (const colorScheme of ['dark', 'light']) {
      await newPage({ colorScheme });
      await open();
      const { symbol } = (await stage.shownRows()).find((row) => row.symbol !== '');
      const places = ['', `#/symbol/${encodeURIComponent(symbol)}`];
      for (const place of places) {
        await open(place);
        await stage.settled();
        assert.deepEqual(await nameless(), [], place);
        assert.deepEqual(await faint(), [], `${colorScheme} ${place}`);
      }
    }
  });
});

/** Controls without a name. */
const nameless = () =>
  stage.page.evaluate(() =>
    [...document.querySelectorAll('button, a[href], input, select, textarea')]
      .filter((element) => element.checkVisibility())
      .filter((element) => {
        const named =
          element.getAttribute('aria-label') ||
          element.textContent.trim() ||
          [...(element.labels ?? [])].map((label) => label.textContent.trim()).join('');
        return !named;
      })
      .map((element) => element.outerHTML.slice(0, 120)),
  );

/** Texts whose contrast against what is behind them is below 4.5 (3 for large ones). */
const faint = () =>
  stage.page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgba = (color) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      return [r, g, b, a / 255];
    };
    const over = ([r, g, b, a], under) =>
      [r, g, b].map((part, i) => part * a + under[i] * (1 - a)).concat(1);
    const behind = (element) => {
      const layers = [];
      for (let each = element; each !== null; each = each.parentElement) {
        const color = rgba(getComputedStyle(each).backgroundColor);
        if (color[3] > 0) {
          layers.push(color);
        }
      }
      return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255, 1]);
    };
    const light = (color) => {
      const [r, g, b] = color
        .slice(0, 3)
        .map((part) => part / 255)
        .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const found = new Map();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      const words = walker.currentNode.textContent.trim();
      // Not words: signs for "no value"; not in force: what is off.
      if (
        words.replace(/[–%/min\s]/g, '') === '' ||
        !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) ||
        element.closest('.visually-hidden, .skip, :disabled, .cancelled, noscript') !== null
      ) {
        continue;
      }
      const style = getComputedStyle(element);
      const under = behind(element);
      const [a, b] = [light(over(rgba(style.color), under)), light(under)].sort((x, y) => y - x);
      const contrast = (a + 0.05) / (b + 0.05);
      const size = parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (contrast < (large ? 3 : 4.5)) {
        found.set(`${element.className} "${words.slice(0, 20)}"`, contrast.toFixed(2));
      }
    }
    return [...found].slice(0, 20);
  });
