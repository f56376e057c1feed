// Markup and scripts in everything that comes from outside: symbols of a replayed file, names of
// filters and users, texts of events. It must show as text: no script runs, the policy has nothing
// to report, and no element comes to be.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { madeUp, madeUpSurge } from './support/events.mjs';
import { makeKey, serverName, skipOnMock } from './support/server.mjs';
import { useStage } from './support/stage.mjs';

// 16 printable characters at most, as the server takes them.
const symbols = [
  '<b>X',
  '<img src=//x/x>',
  '<svg/onload=f()>',
  '<script>f()',
  "'onclick=f() '",
  '\\"><b>',
  '</span><i>',
  '{{f()}}${f()}',
  '&lt;b&gt;X',
  '<style>*{}',
];
const long = '"><img src=x onerror="f()"><script>f()</script>';
const user = '<b>ann'; // users have no spaces, slashes and quotes
const filterNames = ['<img src=x onerror=f()>', '"><b onclick="f()']; // no path takes a slash

/** Prices that wander, so that highs and lows come, over five minutes of a regular session. */
function csv() {
  const lines = ['symbol,price,size,timestamp'];
  const start = Date.UTC(2024, 5, 18, 14);
  for (let i = 0; i < 6000; ++i) {
    const at = i % symbols.length;
    const price = 50 + 7 * at + Math.sin(i / 300) * (1 + i / 3000) + (i % 7) / 100;
    const symbol = symbols[at].replaceAll('"', '""');
    lines.push(`"${symbol}",${price.toFixed(2)},${100 + (i % 9) * 100},${start + i * 50}`);
  }
  return `${lines.join('\n')}\n`;
}

let key = '';
const stage = useStage(async (data) => {
  if (skipOnMock) {
    return [];
  }
  key = await makeKey(data, user, 'admin');
  const file = join(data, 'hostile.csv');
  await writeFile(file, csv());
  const source = ['--source', 'replay', '--file', file, '--speed', '20', '--no-loop'];
  return [...source, '--set', 'auth.mode=required'];
});
const { part, rows, text, eventually, intercept, shownRows } = stage;

/** Opens the page signed in, with an ear for scripts and for reports of the policy. */
async function open() {
  await stage.page.addInitScript((credential) => {
    sessionStorage.setItem('tickstock.credential', credential);
    globalThis.ran = 0;
    globalThis.f = () => (globalThis.ran += 1);
    globalThis.policyReports = [];
    document.addEventListener('securitypolicyviolation', (report) =>
      globalThis.policyReports.push(`${report.violatedDirective} ${report.blockedURI}`),
    );
  }, key);
  await stage.page.goto(stage.server.url);
  await rows()
    .first()
    .waitFor()
    .catch(async (error) => {
      const shown = await stage.page.locator('body').innerText();
      throw new Error(`no events: ${error.message}; the page: ${shown}; ${stage.complaints}`);
    });
}

async function nothingCameOfIt() {
  await stage.page.waitForTimeout(300);
  const seen = await stage.page.evaluate(() => ({
    ran: globalThis.ran,
    policyReports: globalThis.policyReports,
    // The page itself has none of these below its root.
    elements: [
      ...document.querySelectorAll('#app :is(img, script, style, iframe, i:not(:empty))'),
    ].map((element) => element.outerHTML),
    handlers: [...document.querySelectorAll('#app *')]
      .flatMap((element) => element.getAttributeNames())
      .filter((name) => name.startsWith('on')),
  }));
  assert.deepEqual(seen, { ran: 0, policyReports: [], elements: [], handlers: [] });
  assert.deepEqual(stage.complaints, []);
  assert.deepEqual(stage.strangers, []);
}

describe(`hostile text on the ${serverName}`, { timeout: 10 * 60_000, skip: skipOnMock }, () => {
  it('shows symbols as text: tape, leaders, details', async () => {
    await open();
    const seen = new Set();
    await eventually(
      async () => {
        for (const row of await shownRows()) {
          seen.add(row.symbol);
        }
        return seen.size;
      },
      (n) => n >= 8,
      'eight of the symbols',
    );
    // A quote in a quoted field is one or two, by how the file is read.
    const sent = new Set([...symbols, ...symbols.map((each) => each.replaceAll('"', '""'))]);
    assert.deepEqual(
      [...seen].filter((symbol) => !sent.has(symbol)),
      [],
    );
    // By key: what waits for a tape that stands still lies over the first lines.
    for (let i = 0; i < 6; ++i) {
      await stage.page.keyboard.press('ArrowDown');
      await part('drawer').waitFor();
    }
    await nothingCameOfIt();
  });

  it('takes them as text in the symbol filter', async () => {
    await open();
    for (const symbol of symbols) {
      await part('symbol-filter').fill(symbol);
    }
    await nothingCameOfIt();
  });

  it('shows names of filters and of the user as text', async () => {
    const headers = { Authorization: `Bearer ${key}` };
    for (const name of filterNames) {
      const url = `${stage.server.url}api/v1/users/me/filters/${encodeURIComponent(name)}`;
      const answer = await stage.page.request.put(url, {
        headers,
        data: { filter: { types: ['high', 'low'] } },
      });
      assert.ok(answer.ok(), `${name}: ${await answer.text()}`);
    }
    await open();
    await part('user-filters').waitFor();
    const badge = await text('user-filters');
    for (const name of filterNames) {
      assert.ok(badge.includes(name), badge);
    }
    assert.ok((await text('who')).includes(user), await text('who'));
    assert.equal(await part('who').locator('b').count(), 1);
    await nothingCameOfIt();
  });

  it('shows texts of events, errors and statuses as text', async () => {
    const hand = await intercept();
    await stage.alterStatus((status) => ({
      ...status,
      session: long,
      sources: [{ name: long, detail: long, state: long, speed: 1 }],
      alerts: [{ type: long, severity: 'error', message: long, value: 1, raised: null }],
      channels: status.channels.map((each) => ({
        ...each,
        status_reason: long,
        why_unhealthy: [long],
      })),
      decisions: [{ sequence: 1, kind: long, text: long, by: long, clock: 1, wall: 1 }],
    }));
    await open();
    hand.mute();
    const surge = madeUpSurge({ symbol: '<svg/onload=f()>' });
    hand.say({ ...surge, data: { ...surge.data, description: long, trigger_type: long } });
    hand.say(madeUp({ id: long, session: long, data: { reversal: long, surge_flag: long } }));
    const control = { kind: 'halt', reason: long };
    hand.say(madeUp({ id: 'c', type: 'control', price: null, data: control, evidence: null }));
    hand.frame({ op: 'error', code: long, message: long });
    await eventually(
      () => text('banner'),
      (words) => words.includes(long),
      'the error',
    );
    await eventually(
      async () => (await shownRows())[0].type,
      (type) => type === 'control',
      'the events',
    );
    for (let i = 0; i < 3; ++i) {
      await rows().nth(i).click();
      await part('drawer').waitFor();
    }
    await nothingCameOfIt();
  });
});
