// The tape's filters, its tone, and that a lost line loses nothing.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { madeUp } from './support/events.mjs';
import { serverName, skipOnMock } from './support/server.mjs';
import { useStage } from './support/stage.mjs';

const stage = useStage();
const { open, part, rows, text, figure, eventually, shownRows, intercept } = stage;
const button = (group, name) =>
  stage.page.getByRole('group', { name: group, exact: true }).getByRole('button', { name });
const directions = () =>
  rows().evaluateAll((found) => [...new Set(found.map((row) => row.dataset.direction))]);

describe(`the tape on the ${serverName}`, { timeout: 10 * 60_000 }, () => {
  it('filters by direction, and says that it does', async () => {
    await open();
    await part('more-filters').click();
    await button('Direction', '↓ Down').click();
    await eventually(directions, (seen) => seen.length === 1 && seen[0] === 'down', 'what falls');
    assert.match(await text('more-filters'), /1$/);
    await stage.page.locator('main').focus();
    await stage.page.keyboard.press('Escape');
    await eventually(directions, (seen) => seen.includes('up'), 'all again');
  });

  it('filters by class and least figures', async () => {
    const hand = await intercept();
    await open();
    hand.mute();
    await part('more-filters').click();
    const seen = (symbols) =>
      eventually(
        async () =>
          (await shownRows()).map((row) => row.symbol).filter((s) => s.startsWith('MADE')),
        (shown) => shown.join() === symbols,
        symbols,
      );
    hand.say(
      madeUp({ id: 'aaaaaaaaaaaaaaaa', symbol: 'MADE1', priority: 1, price: 5, volume: 10 }),
    );
    hand.say(
      madeUp({ id: 'bbbbbbbbbbbbbbbb', symbol: 'MADE2', priority: 4, price: 50, volume: 900 }),
    );
    await seen('MADE2,MADE1');
    await button('Class', '1–2').click();
    await seen('MADE1');
    await button('Class', 'All').click();
    await part('least-price').fill('50');
    await seen('MADE2');
    await part('least-price').fill('');
    await part('least-size').fill('11');
    await seen('MADE2');
    await part('least-change').fill('1.3');
    await seen('');
    await part('tape-filters').getByRole('button', { name: 'Clear' }).click();
    await seen('MADE2,MADE1');
  });

  it('keeps the size of its fields when a page of forms was shown', async () => {
    await open();
    await part('more-filters').click();
    const size = () => part('least-price').boundingBox();
    const { width, height } = await size();
    await open('#/sets');
    await open('#/tape');
    if ((await part('tape-filters').count()) === 0) {
      await part('more-filters').click();
    }
    const after = await size();
    assert.deepEqual([after.width, after.height], [width, height]);
  });

  it('filters by universe', { skip: skipOnMock }, async () => {
    await open();
    const symbols = [
      ...new Set((await shownRows()).map((row) => row.symbol).filter(Boolean)),
    ].slice(0, 3);
    const answer = await stage.page.request.put(`${stage.server.url}api/v1/universes/three`, {
      data: { symbols },
    });
    assert.ok(answer.ok(), await answer.text());
    await eventually(
      async () => (await stage.page.request.get(`${stage.server.url}api/v1/universes`)).text(),
      (listed) => listed.includes('"three"'),
      'the universe listed',
    );
    await part('more-filters').click();
    await part('universe-filter').selectOption({ label: 'three' });
    await eventually(
      shownRows,
      (shown) => shown.length > 0 && shown.every((row) => symbols.includes(row.symbol)),
      'these symbols only',
    );
    assert.deepEqual(stage.complaints, []);
  });

  it('is silent until it is asked to sound', async () => {
    await stage.page.addInitScript(() => {
      globalThis.tones = 0;
      const start = OscillatorNode.prototype.start;
      OscillatorNode.prototype.start = function (...words) {
        globalThis.tones += 1;
        return start.apply(this, words);
      };
    });
    const hand = await intercept();
    await open();
    const tones = () => stage.page.evaluate(() => globalThis.tones);
    hand.mute();
    hand.say(madeUp({ id: 'aaaaaaaaaaaaaaaa' }));
    await stage.page.locator('[data-id=aaaaaaaaaaaaaaaa]').waitFor();
    assert.equal(await tones(), 0);
    await part('sound').click();
    assert.equal(await part('sound').getAttribute('aria-pressed'), 'true');
    const asked = await tones();
    await stage.page.mouse.move(5, 5);
    hand.say(madeUp({ id: 'bbbbbbbbbbbbbbbb' }));
    await eventually(tones, (n) => n > asked, 'a tone');
    await stage.page.keyboard.press('s');
    assert.equal(await part('sound').getAttribute('aria-pressed'), 'false');
  });

  it('goes on after a lost line where it stood, and loses nothing', async () => {
    const asked = [];
    const offsets = [];
    let line;
    let letIn = Promise.resolve();
    await stage.page.routeWebSocket(/\/ws$/, async (socket) => {
      await letIn;
      const upstream = socket.connectToServer();
      line = socket;
      socket.onMessage((message) => {
        const frame = JSON.parse(String(message));
        if (frame.op === 'subscribe') {
          asked.push(frame.since);
        }
        upstream.send(message);
      });
      upstream.onMessage((message) => {
        if (socket !== line) {
          return; // the page has lost this one
        }
        const frame = JSON.parse(String(message));
        if (frame.op === 'events') {
          offsets.push(...frame.events.map((entry) => entry.offset));
        }
        socket.send(message);
      });
    });
    await open();
    await eventually(
      () => offsets.length,
      (n) => n >= 3,
      'events',
    );
    // It comes back by itself soon, but not before it was seen that it is gone.
    let comeBack;
    letIn = new Promise((resolve) => (comeBack = resolve));
    const lost = line;
    line = undefined;
    await lost.close({ code: 3008, reason: 'slow_client' });
    await part('banner').waitFor();
    const seen = offsets.length;
    comeBack();
    await part('banner').waitFor({ state: 'detached' });
    await eventually(
      () => offsets.length,
      (n) => n > seen + 3,
      'more events',
    );
    assert.equal(asked.length, 2);
    assert.equal(asked[0], 'snapshot');
    assert.ok(asked[1].offset >= offsets[seen - 1], 'it asks from where it stood');
    const first = offsets[0];
    assert.deepEqual(
      offsets,
      offsets.map((_, i) => first + i),
      'each offset once and in order',
    );
    await eventually(
      () => figure('events'),
      (n) => n >= offsets.at(-1),
      'the page have them',
    );
    assert.equal(await part('gaps').count(), 0);
  });
});
