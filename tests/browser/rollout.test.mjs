// The rollout page: states that a real server cannot easily reach are made up, the rest is the real
// engine with the integrator installed.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fitsWindow, phone } from './support/narrow.mjs';
import {
  answerRollout,
  madeUpDifferences,
  madeUpIncident,
  madeUpRollout,
} from './support/rollout.mjs';
import { makeKey, serverName, skipOnMock } from './support/server.mjs';
import { useStage } from './support/stage.mjs';

let admin = '';
let viewer = '';
const stage = useStage(async (data) => {
  if (skipOnMock) {
    return [];
  }
  admin = await makeKey(data, 'ann', 'admin');
  viewer = await makeKey(data, 'vera', 'viewer');
  return ['--set', 'integration.installed=true', '--set', 'auth.mode=required'];
});
const { part, text, eventually } = stage;
const button = (name) => stage.page.getByRole('button', { name });
const toggle = (name) => stage.page.getByRole('switch', { name, exact: true });
const dialog = () => part('reason-dialog');
const shows = (name, words) =>
  eventually(
    () => text(name),
    (all) => words.test(all),
    `${words} in ${name}`,
  );
const others = () => stage.complaints.filter((line) => !/status of 4\d\d/.test(line));

async function openAs(key, address) {
  await stage.page.goto(`${stage.server.url}${address}`);
  if (!skipOnMock) {
    await part('credential').fill(key);
    await stage.page.keyboard.press('Enter');
  }
  await stage.page.locator('main h2').first().waitFor();
}

const makeUp = (...answers) => answerRollout(stage.page, ...answers);

/** Answers the question that is open. */
async function confirm(word, reason) {
  await stage.page.getByLabel('Reason').fill(reason);
  await dialog().getByRole('button', { name: word }).click();
}

describe(`the rollout page, made up, on the ${serverName}`, { timeout: 8 * 60_000 }, () => {
  it('shows where it stands and why it cannot go on', async () => {
    await makeUp(madeUpRollout);
    await openAs(admin, '#/rollout');
    await shows('recommendation', /CAUTION: Review errors.*performance acceptable/);
    await shows('time-left', /^5 d 18 h left$/);
    await shows('advance-why', /Not yet:.*missed_events: 2 of 5210/);
    await shows('criteria', /Missed events ?2 events ?0 events ?✗ not met/);
    await shows('coverage', /84 multi-channel.*8,216 linear.*low ?1,210 ?82/);
    await shows('fallen', /MSFT it found something else than the linear path/);
    await shows('latency', /Linear ?1\.2 µs ?0\.9 µs ?6\.4 µs/);
    await shows('win-rate', /^98\.2 %$/);
    await shows('comparison', /Only linear ?3.*7 differences/);
    await button(/^Advance to Expanded/).focus();
    await stage.page.keyboard.press('Enter');
    assert.equal(await dialog().count(), 0, 'nothing is asked while it would be refused');
    assert.equal(await stage.page.evaluate(() => document.activeElement.id), 'advance-why');
    assert.deepEqual(others(), []);
  });

  it('keeps the question open with the server’s refusal, and sends the reason', async () => {
    const ready = () => {
      const made = madeUpRollout();
      made.phase = { ...made.phase, can_advance: true, refusal: null };
      return made;
    };
    const sent = await makeUp(ready, {}, 'made up: the accounting does not close');
    await openAs(admin, '#/rollout');
    await button(/^Advance to Expanded/).click();
    await dialog().getByRole('button', { name: 'Advance' }).click();
    await shows('problem-reason', /A reason is needed/);
    assert.deepEqual(sent, [], 'nothing without a reason');
    await confirm('Advance', 'a week without a difference');
    await shows('refusal', /Refused: made up: the accounting does not close/);
    assert.equal(await stage.page.getByLabel('Reason').inputValue(), 'a week without a difference');
    const body = { reason: 'a week without a difference' };
    assert.deepEqual(sent, [{ path: 'rollout/advance', method: 'POST', body }]);
    await stage.page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  });

  it('sends flags, percentage, symbols and the emergency disable as they were meant', async () => {
    const sent = await makeUp(madeUpRollout);
    await openAs(admin, '#/rollout');
    assert.ok(await toggle('Router').isDisabled(), 'others need it');
    await toggle('Performance comparison').click();
    await confirm('Switch on', 'times, too');
    await shows('rollout-told', /made up: rollout\/flags/);
    await dialog().waitFor({ state: 'detached' });
    await button(/^10 %$/).click();
    await confirm('Set 10 %', 'more');
    await dialog().waitFor({ state: 'detached' });
    await stage.page.getByLabel('Symbols to include or exclude').fill('gme, BACpA');
    await button(/^Always include/).click();
    await confirm('Always include', 'names');
    await dialog().waitFor({ state: 'detached' });
    await button(/^Emergency disable/).click();
    await stage.page.getByLabel(/switch the integration layer off/).check();
    await confirm('Disable now', 'it looks wrong');
    await dialog().waitFor({ state: 'detached' });
    assert.deepEqual(
      sent.map(({ path, body }) => [path, body]),
      [
        [
          'rollout/flags',
          { flags: { performance_comparison_enabled: true }, reason: 'times, too' },
        ],
        ['rollout/flags', { flags: { rollout_percentage: 10 }, reason: 'more' }],
        ['rollout/flags', { flags: { add_rollout_tickers: ['GME', 'BACpA'] }, reason: 'names' }],
        ['rollout/disable', { uninstall: true, reason: 'it looks wrong' }],
      ],
    );
    assert.deepEqual(others(), []);
  });

  it('says on every page that an incident holds, and leads to it', async () => {
    const sent = await makeUp(() => madeUpRollout({ incident: madeUpIncident().id }), {
      'rollout/incidents': { incidents: [madeUpIncident()] },
      'rollout/audit': { audit: [] },
    });
    await openAs(admin, '#/health');
    await shows('incident-banner', /The linear path answers for all symbols/);
    await part('incident-banner').getByRole('link').click();
    await shows('incidents', /Too many errors holds.*error rate 12\.5 %/);
    await button(/^Enable again/).click();
    await stage.page.getByLabel('Percentage of the symbols').fill('0.5');
    await confirm('Enable again', 'fixed');
    await dialog().waitFor({ state: 'detached' });
    const body = { percentage: 0.5, reason: 'fixed' };
    assert.deepEqual(sent, [{ path: 'rollout/enable', method: 'POST', body }]);
  });

  it('shows both evidences of a difference, what differs first, text as text', async () => {
    await makeUp(madeUpRollout, { 'rollout/differences': madeUpDifferences() });
    await openAs(admin, '#/rollout/differences');
    await part('differences').getByRole('button').first().click();
    await shows('difference-details', /entry 918200 <b>.*price differs ?187\.42 ?187\.43/);
    await part('differences').getByRole('button').nth(1).click();
    await shows('difference-details', /Multi-channel: nothing/);
    assert.deepEqual(others(), []);
  });

  it('says what it is and how to install it where it is not', async () => {
    await makeUp(() => ({ installed: false, how: 'made up' }), {
      compare: { running: false, settings: {}, by_type: [], differences: [] },
    });
    await openAs(admin, '#/rollout');
    await shows('not-installed', /tickstock rollout init --config DIR/);
    await shows('compare', /What would other settings find/);
    assert.equal(await button(/^Emergency disable/).count(), 0);
  });

  it('starts a comparison of settings with values of the engine', async () => {
    const running = {
      running: true,
      since: Date.now() * 1e6,
      settings: { 'high_low.min_price_change': 0.02 },
      counts: {},
      by_type: [{ type: 'high', a: 90, b: 61, both: 60, near: 0, only_a: 30, only_b: 1 }],
      differences: [],
      lag_records: 12,
    };
    const sent = await makeUp(madeUpRollout, { compare: running });
    await openAs(admin, '#/rollout/compare');
    await shows('compare-result', /high_low\.min_price_change = 0\.02.*High ?90 ?61 ?60 ?0 ?30 ?1/);
    const name = 'high_low.min_price_change';
    await stage.page.getByLabel(/^Setting to change/).fill(name);
    await button(/^Add$/).click();
    const field = stage.page.getByLabel(name);
    assert.equal(await field.inputValue(), '0.01');
    await button(/^Start anew/).click();
    await shows(`problem-compare-${name}`, /has this value already/);
    await field.fill('0.02');
    await button(/^Start anew/).click();
    await confirm('Start', 'fewer highs?');
    await dialog().waitFor({ state: 'detached' });
    await button(/^Stop$/).click();
    await eventually(
      () => sent,
      (all) => all.length === 2,
      'both commands',
    );
    assert.deepEqual(sent[0].body, { settings: { [name]: 0.02 }, reason: 'fewer highs?' });
    assert.equal(sent[1].method, 'DELETE');
  });

  it('says what is wrong: no answer, and an old one', async () => {
    let broken = true;
    await makeUp(madeUpRollout);
    await stage.page.route(/\/api\/v1\/rollout$/, (route) =>
      broken
        ? route.fulfill({ status: 503, json: { error: { code: 'x', message: 'made up: no' } } })
        : route.fallback(),
    );
    await openAs(admin, '#/rollout');
    await shows('poll-error', /not to be had: made up: no/);
    assert.ok(await button(/^Emergency disable/).isEnabled(), 'the way back is always there');
    broken = false;
    await part('phases').waitFor();
    broken = true;
    await shows('poll-error', /not fresh any more/);
    await part('phases').waitFor();
  });

  it('fits a narrow phone, in both schemes, with the way back in sight', async () => {
    for (const colorScheme of ['dark', 'light']) {
      await stage.newPage({ viewport: phone, hasTouch: true, colorScheme });
      await makeUp(madeUpRollout, {
        'rollout/differences': madeUpDifferences(),
        'rollout/incidents': { incidents: [madeUpIncident()] },
        'rollout/audit': { audit: [] },
        compare: { running: false, settings: {}, by_type: [], differences: [] },
      });
      await openAs(admin, '#/rollout');
      await part('phases').waitFor();
      await stage.settled();
      await fitsWindow(stage.page);
      await part('comparison').scrollIntoViewIfNeeded();
      const box = await button(/^Emergency disable/).boundingBox();
      assert.ok(box.y >= 0 && box.y < 300, `it stays in sight: ${JSON.stringify(box)}`);
      for (const [tab, shown] of [
        ['Differences', 'differences'],
        ['Incidents and audit', 'incidents'],
        ['Compare settings', 'compare'],
      ]) {
        await stage.page.getByRole('link', { name: tab, exact: true }).click();
        await part(shown).waitFor();
        await stage.settled();
        await fitsWindow(stage.page);
      }
    }
  });
});

describe(`the rollout page of the ${serverName}`, { skip: skipOnMock, timeout: 8 * 60_000 }, () => {
  it('refuses to advance, takes flags, disables, and keeps who did it and why', async () => {
    await openAs(admin, '#/rollout');
    await shows('advance-why', /Not yet:.*duration/);
    await toggle('Integration layer').waitFor();
    assert.equal(await part('percentage').textContent(), '0 %');
    if ((await toggle('Integration layer').getAttribute('aria-checked')) === 'false') {
      await toggle('Integration layer').click();
      await confirm('Switch on', 'the first step');
      await dialog().waitFor({ state: 'detached' });
    }
    await stage.page.locator('[role=switch][aria-label=Router]:not([disabled])').click();
    await confirm('Switch on', 'routes are ready');
    await dialog().waitFor({ state: 'detached' });
    await stage.page.locator('[role=switch][aria-label=Router][aria-checked=true]').waitFor();
    await button(/^Emergency disable/).click();
    await confirm('Disable now', 'a drill of ours');
    await dialog().waitFor({ state: 'detached' });
    await part('incident-banner').waitFor();
    await stage.page.getByRole('link', { name: 'Incidents and audit' }).click();
    await shows('audit', /ann.*a drill of ours.*ann.*routes are ready/);
    await shows('incidents', /Disabled by a person holds/);
    assert.deepEqual(others(), []);
  });

  it('lets a viewer see it all and change nothing', async () => {
    await openAs(viewer, '#/rollout');
    await shows('read-only', /only an admin may change it/);
    await shows('flags-read-only', /Only an admin may switch them/);
    assert.ok(await toggle('Integration layer').isDisabled());
    assert.ok(await button(/^Emergency disable/).isDisabled());
    assert.ok(await button(/^Advance to/).isDisabled());
    assert.equal(await button(/Back to here|Start over/).count(), 0);
    assert.deepEqual(others(), []);
  });

  it('accounts for both paths on the health page', async () => {
    await openAs(viewer, '#/health');
    await shows('accounting', /every record accounted for.*linear.*selection/);
  });
});
