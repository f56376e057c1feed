// The five kinds of events, what was held back, and rules of the user, in a real browser.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { madeUp, madeUpSurge, madeUpTrend, madeUpValuation } from './support/events.mjs';
import { serverName } from './support/server.mjs';
import { useStage } from './support/stage.mjs';

const stage = useStage();
const { open, part, rows, text, shownRows, eventually, intercept, newPage, alterStatus } = stage;

const chip = (name) => stage.page.getByRole('button', { name, exact: true });

/** Opens the page with `body` as its newest event. */
async function openWith(body) {
  const hand = await intercept();
  await open();
  hand.mute();
  hand.say(body);
  await eventually(
    async () => (await shownRows())[0],
    (first) => first.id === body.id,
    'the event',
  );
  return hand;
}

async function drawerOf(body) {
  await openWith(body);
  await rows().first().click();
  return text('drawer');
}

describe(`events on the ${serverName}`, { timeout: 10 * 60_000 }, () => {
  it('filters each kind by its chip and by its key', async () => {
    await open();
    for (const [key, name, type] of [
      ['3', 'Trends', 'trend'],
      ['4', 'Surges', 'surge'],
      ['5', 'Values', 'valuation'],
    ]) {
      await chip(name).click();
      await eventually(
        shownRows,
        (shown) => shown.length > 0 && shown.every((row) => row.type === type),
        `nothing but ${name}`,
      );
      await stage.page.keyboard.press(key);
      assert.equal(await chip(name).getAttribute('aria-pressed'), 'false');
    }
  });

  it('fills the line of a trend, of a surge and of a valuation', async () => {
    const hand = await openWith(madeUpTrend());
    hand.say(madeUpSurge({ id: 'aaaaaaaaaaaaaaaa' }));
    hand.say(madeUpValuation({ id: 'bbbbbbbbbbbbbbbb' }));
    const [valuation, surge, trend] = await eventually(
      shownRows,
      (shown) => shown[0].id === 'bbbbbbbbbbbbbbbb',
      'all three',
    );
    assert.deepEqual([trend.change, trend.vwap, trend.size], ['−0.039', 'below', '250']);
    assert.match(trend.notes, /^weak\s*turned$/);
    assert.deepEqual([surge.change, surge.size], ['−0.30 %', '100']);
    assert.match(surge.notes, /^moderate\s*lower band$/);
    assert.deepEqual([valuation.change, valuation.size], ['+1.07 %', '–']);
    assert.match(valuation.notes, /^undervalued\s*fair 89\.28$/);
  });

  it('cuts no note: it is shown whole or not at all', async () => {
    for (const width of [1440, 1000, 390]) {
      await newPage({ viewport: { width, height: 800 } });
      await open();
      await stage.settled();
      await stage.page.keyboard.press(' ');
      const cut = await stage.page.evaluate(() =>
        [...document.querySelectorAll('[data-testid=tape] .notes em')]
          .filter((note) => {
            const [own, cell] = [note, note.parentElement].map((each) =>
              each.getBoundingClientRect(),
            );
            const hidden = own.top >= cell.bottom;
            const whole =
              own.right <= cell.right + 0.5 &&
              own.bottom <= cell.bottom + 0.5 &&
              note.scrollWidth <= note.clientWidth;
            return !hidden && !whole;
          })
          .map((note) => note.textContent),
      );
      assert.deepEqual(cut, [], `at ${width}`);
    }
  });

  it('tells of a trend: its words, its windows, its limits', async () => {
    const drawer = await drawerOf(madeUpTrend());
    assert.match(drawer, /Weak trend down at 16\.48, score −0\.039\./);
    assert.match(drawer, /It has turned: the trend was up before\./);
    assert.match(drawer, /The price is below the volume-weighted average price\./);
    assert.match(drawer, /3 min\s*−0\.034\s*6 min\s*−0\.037\s*10 min\s*−0\.047\s*All\s*−0\.039/);
    assert.match(drawer, /Score of a strong trend\s*0\.075/);
    assert.match(drawer, /Logic\s*trend, version 1/);
    const sent = drawer.indexOf('The event as it was sent');
    assert.doesNotMatch(drawer.slice(0, sent), /reversal|false|_|-0\.0/);
  });

  it('tells of a surge: the move, the volume, until when', async () => {
    const drawer = await drawerOf(madeUpSurge());
    assert.match(drawer, /Surge down to 260\.67: −0\.30 % within 20 seconds on 5\.3× the usual/);
    assert.match(drawer, /Price 20 seconds before\s*261\.46/);
    assert.match(drawer, /Marks highs and lows until\s*10:15:35 ET/);
    assert.match(drawer, /Price band\s*at or beyond the lower band/);
  });

  it('tells of a valuation: fair value against market, and its confidence', async () => {
    const drawer = await drawerOf(madeUpValuation());
    assert.match(
      drawer,
      /The fair value 89\.2769 is 1\.07 % above the market price of 88\.33: undervalued\./,
    );
    assert.match(drawer, /Its confidence is 97 %\./);
    assert.match(drawer, /Least confidence\s*70 %/);
    assert.match(drawer, /Also told by\s*a channel/);
    assert.equal(await part('gauge').count(), 1);
  });

  it('tells of a control event, which has no evidence and no price', async () => {
    const drawer = await drawerOf(
      madeUp({
        type: 'control',
        direction: null,
        price: null,
        volume: null,
        data: { kind: 'halt', reason: 'LULD' },
        evidence: null,
      }),
    );
    assert.match(drawer, /Trading in MADEUP is halted \(LULD\)\./);
    assert.deepEqual(stage.complaints, []);
  });

  it('offers the rules’ chip once there is a rule, and shows its events', async () => {
    const rule = madeUp({ type: 'rule', data: { rule: 'big-move', count: 3 } });
    const hand = await intercept();
    await open();
    await part('held-back').waitFor();
    assert.equal(await chip('Rules').count(), 0);
    await stage.page.keyboard.press('7');
    assert.equal(await chip('Rules').count(), 0);
    hand.mute();
    hand.say(rule);
    await chip('Rules').click();
    const shown = await eventually(shownRows, (all) => all.length === 1, 'only the rule');
    assert.equal(shown[0].notes, 'big-move');
    await rows().first().click();
    assert.match(await text('drawer'), /Your rule big-move came true at 187\.42\./);
  });

  it('shows what the server holds back, as the API lists it', async () => {
    await open();
    const held = part('held-back');
    await eventually(
      () => text('held-back'),
      (words) => /Trades \d/.test(words),
      'held trades',
    );
    // Asked with each look at the page: what is newest soon is not.
    await eventually(
      async () => {
        const shown = await text('held-back');
        const answer = await stage.page.request.get(`${stage.server.url}api/v1/status`);
        return [shown, (await answer.json()).quarantine.at(-1).symbol];
      },
      ([shown, newest]) => shown.includes(newest),
      'the newest of them',
    );
    await eventually(
      () => held.locator('ul').first().locator('li').count(),
      (lines) => lines === 3,
      'three of them',
    );
    await held.getByRole('button', { name: 'more Trades' }).click();
    await eventually(
      () => held.locator('ul').first().locator('li').count(),
      (lines) => lines > 3,
      'more of them',
    );
  });

  it('shows alerts, a quarantined trade, a lost detection and rules, in words', async () => {
    await alterStatus((status) => ({
      ...status,
      alerts: [
        {
          type: 'unknown_condition',
          severity: 'warning',
          message: 'condition 77 is in no row of the table',
          value: 12,
          raised: 1718720105123456800,
        },
      ],
      quarantine: [
        {
          symbol: 'ODD',
          ts: 1718720105123456800,
          price: 50.64,
          size: 400,
          level: 70.515,
          limit_percent: 20,
          reason: '28.19 % from 70.515, limit 20 %',
          outcome: 'held_back',
        },
      ],
      suppressed: [
        {
          symbol: 'LOST',
          type: 'high',
          source: 'ohlcv',
          direction: 'up',
          price: 5,
          ts: 1718720105123456800,
          reason: 'superseded',
          event: null,
        },
      ],
      rules: [{ name: 'big-move', kind: 'event', acted: 4, failed: 1, disabled_symbols: 2 }],
    }));
    await open();
    const words = await eventually(
      () => text('held-back'),
      (all) => all.includes('ODD'),
      'the trade',
    );
    assert.match(words, /condition 77 is in no row of the table since 10:15:05/);
    assert.match(words, /10:15:05 ODD 50\.64 28\.19 % below 70\.515, limit 20 %/);
    assert.match(words, /10:15:05 LOST 5\.00 High by bars, lost/);
    assert.match(words, /big-move event acted 4 failed 1 off for 2/);
    await part('held-back').getByRole('button', { name: 'ODD' }).click();
    assert.equal(await part('symbol-filter').inputValue(), '"ODD"');
    assert.equal(await chip('Rules').count(), 1);
  });

  it('has one quiet line when nothing was held back', async () => {
    await alterStatus((status) => ({
      ...status,
      alerts: [],
      quarantine: [],
      suppressed: [],
      rules: [],
      accounting: { closes: true },
    }));
    await open();
    await eventually(
      () => text('held-back'),
      (words) => words === 'Held back nothing',
      'that there is nothing',
    );
  });

  it('accounts for the rules, and counts trends, surges and values', async () => {
    await open();
    await eventually(
      () => text('others'),
      (words) => /Trends [1-9].*Surges [1-9].*Values [1-9]/.test(words),
      'their counts',
    );
    await open('#/health');
    await eventually(
      () => part('accounting').locator('tbody th').allTextContents(),
      (stages) => stages.includes('rules'),
      'the rules’ stage',
    );
  });

  it('fits a phone with all that may be held back, and with every chip', async () => {
    await newPage({ viewport: { width: 390, height: 844 }, hasTouch: true });
    await alterStatus((status) => ({
      ...status,
      alerts: [{ type: 'x', severity: 'error', message: 'word '.repeat(40), raised: null }],
      rules: [{ name: 'a-rule-with-a-rather-long-name', kind: 'transform', acted: 1e7, failed: 9 }],
    }));
    await open();
    const wide = () => stage.page.evaluate(() => document.documentElement.scrollWidth);
    await chip('Rules').waitFor();
    await stage.settled();
    assert.equal(await wide(), 390);
    const edge = await stage.page.evaluate(
      () => document.querySelector('.toolbar').lastElementChild.getBoundingClientRect().right,
    );
    assert.ok(edge <= 390, `the toolbar ends at ${edge}`);
    await stage.page.locator('nav [data-page=health]').click();
    await stage.pageIs('health'); // the tape shows the rule, too
    await stage.page.getByText('a-rule-with').waitFor();
    await stage.settled();
    assert.equal(await wide(), 390);
  });
});
