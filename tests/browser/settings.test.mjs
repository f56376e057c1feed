// The settings page: what is there, a change that the engine takes, refusals at their rows.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { makeKey, serverName, skipOnMock } from './support/server.mjs';
import { useStage } from './support/stage.mjs';

let directory = '';
let admin = '';
let viewer = '';
const stage = useStage(async (data) => {
  if (skipOnMock) {
    return [];
  }
  directory = join(data, 'config');
  admin = await makeKey(data, 'ann', 'admin');
  viewer = await makeKey(data, 'vera', 'viewer');
  return ['--config', directory, '--set', 'auth.mode=required'];
});
const { part, text, eventually } = stage;
const button = (name) => stage.page.getByRole('button', { name, exact: true });
const input = (name) => stage.page.locator(`[id="setting-${name}"]`);
const row = (name) => stage.page.locator(`[data-setting="${name}"]`);
const told = (words) =>
  eventually(
    () => text('settings-told'),
    (said) => words.test(said),
    String(words),
  );

/** Opens a page as who has the key, where the server asks. */
async function openAs(key, address) {
  await stage.page.goto(`${stage.server.url}${address}`);
  if (!skipOnMock) {
    await part('credential').fill(key);
    await stage.page.keyboard.press('Enter');
  }
  await stage.page.locator('main h2').first().waitFor();
}

async function settingOf(name) {
  const headers = skipOnMock ? {} : { Authorization: `Bearer ${admin}` };
  const answer = await stage.page.request.get(`${stage.server.url}api/v1/config`, { headers });
  return (await answer.json()).settings.find((each) => each.name === name);
}

const others = () => stage.complaints.filter((line) => !/status of 4\d\d/.test(line));

describe(`the settings page on the ${serverName}`, { timeout: 10 * 60_000 }, () => {
  it('shows all settings by section, and finds them by words', async () => {
    await openAs(admin, '#/settings/high_low');
    await row('high_low.min_price_change').waitFor();
    const words = await row('high_low.min_price_change').textContent();
    assert.match(words, /Default ?0\.01/);
    assert.match(words, /Accepted/);
    assert.match(words, /Acts ?(with the next record|at a symbol’s next session)/);
    await stage.page.getByLabel('Search settings').fill('tcp port');
    await row('server.port').waitFor();
    assert.equal(await row('high_low.min_price_change').count(), 0);
    assert.equal(await input('server.port').evaluate((each) => each.tagName), 'OUTPUT');
    assert.match(await row('server.port').textContent(), /at the next start/);
    assert.deepEqual(others(), []);
  });

  it('changes one: a diff, a word of confirmation, and the engine has taken it', async () => {
    await openAs(admin, '#/settings/high_low');
    await input('high_low.min_price_change').fill('0.05');
    await button('Review …').click();
    await eventually(
      () => part('review').textContent(),
      (words) => /min_price_change: 0\.01 -> 0\.05/.test(words),
      'the diff',
    );
    assert.equal((await settingOf('high_low.min_price_change')).value, 0.01, 'a dry run only');
    await part('review').getByRole('button', { name: 'Cancel' }).click();
    await part('review').waitFor({ state: 'detached' });
    assert.equal((await settingOf('high_low.min_price_change')).value, 0.01);
    await button('Review …').click();
    await part('review').getByRole('button', { name: 'Change', exact: true }).click();
    await told(/Changed .*0\.05.*tickstock\.json|Changed .*0\.05/);
    const setting = await settingOf('high_low.min_price_change');
    assert.equal(setting.value, 0.05);
    if (!skipOnMock) {
      const files = await Promise.all(
        ['tickstock.json', 'channels/default_tick.json'].map((name) =>
          readFile(join(directory, name), 'utf8'),
        ),
      );
      assert.match(files.join('\n'), /0\.05/, 'it is saved in a file');
      const headers = { Authorization: `Bearer ${admin}` };
      const url = `${stage.server.url}api/v1/decisions`;
      await eventually(
        async () => (await stage.page.request.get(url, { headers })).text(),
        (decisions) => /configuration_change/.test(decisions),
        'the decision',
      );
    }
    await eventually(
      () => row('high_low.min_price_change').textContent(),
      (words) => /changed/.test(words),
      'that it is changed',
    );
    assert.deepEqual(others(), []);
  });

  it('shows a refusal at its row, and changes nothing', async () => {
    await openAs(admin, '#/settings/high_low');
    await input('high_low.cooldown_seconds').fill('soon');
    await button('Review …').click();
    await eventually(
      () => row('high_low.cooldown_seconds').textContent(),
      (words) => /A number/.test(words),
      'that it is no number',
    );
    const before = (await settingOf('high_low.cooldown_seconds')).value;
    await input('high_low.cooldown_seconds').fill('-1');
    await button('Review …').click();
    await told(/Nothing was changed/);
    await eventually(
      () => row('high_low.cooldown_seconds').locator('[role=alert]').textContent(),
      (words) => /accepted/.test(words),
      'the server’s word',
    );
    assert.equal(await part('review').count(), 0);
    assert.equal((await settingOf('high_low.cooldown_seconds')).value, before);
    await button('Take back').click();
    assert.equal(await part('settings-bar').count(), 0);
    assert.deepEqual(others(), []);
  });

  it('reads the files again on request', { skip: skipOnMock }, async () => {
    await openAs(admin, '#/settings/monitoring');
    await button('Read the files again').click();
    await told(/Nothing differs/);
    const file = join(directory, 'tickstock.json');
    const now = await readFile(file, 'utf8');
    await writeFile(file, now.replace(/\{/, '{\n  "alerts_made_up": {},\n'));
    await button('Read the files again').click();
    await told(/Nothing was changed/);
    await eventually(
      () => part('settings-problem').first().textContent(),
      (words) => /alerts_made_up/.test(words),
      'the wrong key by name',
    );
    await writeFile(file, now);
    await button('Read the files again').click();
    await told(/Nothing differs/);
    assert.deepEqual(others(), []);
  });

  it('asks before what is typed is lost', async () => {
    await openAs(admin, '#/settings/high_low');
    await input('high_low.cooldown_seconds').fill('2');
    await stage.page.locator('[data-page=tape]').click();
    await part('confirm').getByRole('button', { name: 'Cancel' }).click();
    await part('confirm').waitFor({ state: 'detached' });
    assert.equal(await input('high_low.cooldown_seconds').inputValue(), '2');
    await stage.page.locator('[data-page=tape]').click();
    await part('confirm').getByRole('button', { name: 'Leave' }).click();
    await part('tape').waitFor();
  });

  it('tells who is no admin', { skip: skipOnMock }, async () => {
    await openAs(viewer, '#/settings');
    await part('no-admin').waitFor();
    assert.match(await text('no-admin'), /Only an admin/);
    await stage.page.goto(`${stage.server.url}#/sets/engine`);
    await stage.page.getByText('The engine’s universes are everybody’s.').waitFor();
    assert.equal(await button('New').count(), 0);
    assert.deepEqual(others(), []);
  });
});
