// The health page: figures of the system, the engine's panel, and the channels' buttons.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serverName, skipOnMock } from './support/server.mjs';
import { useStage } from './support/stage.mjs';

const stage = useStage();
const { open, part, text, eventually, alterStatus } = stage;
const button = (name) => stage.page.getByRole('button', { name, exact: true });
const channel = async () =>
  (await stage.page.request.get(`${stage.server.url}api/v1/status`))
    .json()
    .then((status) => status.channels.find((each) => each.name === 'fmv').status);
const shows = (name, words) =>
  eventually(
    () => text(name),
    (all) => words.test(all),
    String(words),
  );

describe(`the engine's panel on the ${serverName}`, { timeout: 10 * 60_000 }, () => {
  it('shows journal, router, shard and shedding of the server', async () => {
    await open('#/health');
    await shows('engine-journal', /[\d,]+ entries, (all on disk|\S+ not on disk yet)/);
    await shows('engine-router', /100 % routed/);
    await shows('engine-shard-0', /symbols, /);
    await shows('engine-shed', /nothing/);
    assert.deepEqual(stage.complaints, []);
  });

  it('shows the system, feeds, storage, threads and the accounting that closes', async () => {
    await open('#/health');
    await shows('system-state', /^Ready$/);
    await shows('overview', /Memory ?[\d.]+ [kMG]B/);
    await shows('feeds', /synthetic ?streaming/);
    await shows('storage', /Start ?began with nothing/);
    await shows('accounting', /every record accounted for/);
    await shows('thresholds', /latency p99 ?50 ms/);
    if (!skipOnMock) {
      await shows('threads', /ts-engine ?\d+ %/);
      await shows('storage', /Database ?(ok|behind)/);
    }
    await shows('channel-tick', /Tick active .*\d+ (µs|ms).*closed/);
    assert.deepEqual(stage.complaints, []);
  });

  it('opens a channel’s details: its slowest records lead to their symbols', async () => {
    await open('#/health');
    await button('Details of Tick').click();
    await shows('debug-tick', /Slowest records of the last hour ?\d/);
    await shows('debug-tick', /It has always been closed/);
    // In one look: the list is another one soon.
    const [symbol, address] = await part('debug-tick')
      .locator('a')
      .first()
      .evaluate((link) => [link.textContent, link.getAttribute('href')]);
    assert.equal(address, `#/symbol/${encodeURIComponent(symbol)}`);
    await button('Details of Tick').click();
    await part('debug-tick').waitFor({ state: 'detached' });
    assert.deepEqual(stage.complaints, []);
  });

  it('shows what it has where /dashboard is not there, and says so', async () => {
    const error = { code: 'not_ready', message: 'made up: not built' };
    await stage.page.route('**/api/v1/dashboard', (route) =>
      route.fulfill({ status: 503, json: { error } }),
    );
    await open('#/health');
    await shows('poll-error', /made up: not built \(status 503\)/);
    await shows('system-state', /^Ready$/);
    await shows('channel-tick', /active/);
  });

  it('pauses a channel and resumes it, by mouse', async () => {
    await open('#/health');
    await button('Pause Fair value').click();
    await part('confirm').waitFor();
    assert.equal(await channel(), 'active', 'nothing happens before it is confirmed');
    await part('confirm').getByRole('button', { name: 'Pause' }).click();
    await shows('channel-fmv', /paused/);
    await shows('channel-outcome', /Fair value paused/);
    assert.equal(await channel(), 'paused');
    await shows('decisions', /fmv/);
    await button('Resume Fair value').click();
    await part('confirm').getByRole('button', { name: 'Resume' }).click();
    await shows('channel-fmv', /active/);
    assert.equal(await channel(), 'active');
    assert.deepEqual(stage.complaints, []);
  });

  it('does it with the keyboard, and Escape and Cancel do nothing', async () => {
    await open('#/health');
    await button('Pause Fair value').waitFor();
    for (const key of ['Escape', 'Enter']) {
      await button('Pause Fair value').focus();
      await stage.page.keyboard.press('Enter');
      await part('confirm').waitFor();
      // The first button has the focus, and it is Cancel.
      await stage.page.keyboard.press(key);
      await part('confirm').waitFor({ state: 'detached' });
    }
    assert.equal(await channel(), 'active');
    await button('Pause Fair value').focus();
    await stage.page.keyboard.press('Enter');
    await stage.page.keyboard.press('Tab');
    await stage.page.keyboard.press('Enter');
    await shows('channel-fmv', /paused/);
    // The status may show it before the command is answered; until then the button is off.
    await shows('channel-outcome', /Fair value paused/);
    await button('Resume Fair value').focus();
    await stage.page.keyboard.press('Space');
    await stage.page.keyboard.press('Tab');
    await stage.page.keyboard.press('Space');
    await shows('channel-fmv', /active/);
  });

  it('keeps the page’s own keys away from an open question', async () => {
    await open('#/health');
    const theme = () => stage.page.evaluate(() => document.documentElement.dataset.theme);
    const before = await theme();
    await button('Pause Fair value').click();
    await stage.page.keyboard.press('t');
    assert.equal(await theme(), before);
    await part('confirm').getByRole('button', { name: 'Cancel' }).click();
    await stage.page.keyboard.press('t');
    assert.notEqual(await theme(), before);
  });

  it('tells why a channel was not paused', async () => {
    await open('#/health');
    const error = { code: 'refused', message: 'made up: not now' };
    await stage.page.route('**/api/v1/channels/fmv/pause', (route) =>
      route.fulfill({ status: 409, json: { error } }),
    );
    await button('Pause Fair value').click();
    await part('confirm').getByRole('button', { name: 'Pause' }).click();
    await shows('channel-outcome', /was not paused: made up: not now/);
    assert.equal(await channel(), 'active');
  });

  it('says what is wrong: a full disk, an open circuit, shedding, a failed channel', async () => {
    await alterStatus((status) => ({
      ...status,
      journal: { ...status.journal, state: 'disk_full', reason: 'no space left' },
      router: { ...status.router, circuit: 'open', success_rate: 91.25 },
      shed: { level: 2, pending: 98500, capacity: 100000, by_class: { 3: 5, 4: 12 } },
      recovery: {
        done: true,
        had_journal: true,
        entries_run: 5,
        new_epoch: true,
        why_new_epoch: 'new logic',
      },
      channels: status.channels.map((each) =>
        each.name === 'fmv' ? { ...each, status: 'error', failed: true, healthy: false } : each,
      ),
    }));
    await open('#/health');
    await shows('engine-journal', /disk full: no space left/);
    await shows('engine-router', /circuit open.*91\.25 %/);
    await shows('engine-shed', /level 2 of 4, 17 events shed/);
    await shows('engine-recovery', /5 journal entries; new stream: new logic/);
    await shows('channel-fmv', /failed, unhealthy/);
    await button('Resume Fair value').waitFor();
  });
});
