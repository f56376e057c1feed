// The editor of universes and filters: made, used, changed, deleted; nothing is lost by mistake.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serverName, skipOnMock } from './support/server.mjs';
import { useStage } from './support/stage.mjs';

const stage = useStage();
const { open, part, text, eventually } = stage;
const button = (name) => stage.page.getByRole('button', { name, exact: true });
const field = (name) => stage.page.getByLabel(name, { exact: true });
const symbols = () => stage.page.locator('textarea');
const api = (path) => stage.page.request.get(`${stage.server.url}api/v1/${path}`);
const item = (name) => stage.page.locator('nav [data-row]').filter({ hasText: name });
const told = (words) =>
  eventually(
    () => text('sets-told'),
    (said) => words.test(said),
    String(words),
  );

/** Answers the question that is open; it is gone then, and takes no other one with it. */
async function confirm(word) {
  await part('confirm').getByRole('button', { name: word, exact: true }).click();
  await part('confirm').waitFor({ state: 'detached' });
}

async function symbolsOf(path) {
  const answer = await api(path);
  return answer.ok() ? (await answer.json()).symbols : answer.status();
}

describe(`universes and filters on the ${serverName}`, { timeout: 10 * 60_000 }, () => {
  it('makes, changes and deletes a universe of the engine', async () => {
    await open('#/sets/engine');
    await button('New').click();
    await field('Name').fill('My Core');
    await symbols().fill('ibm IBM, AAPL\nSEVENTEENLETTERSX');
    await button('Save').click();
    assert.match(await text('problem-name'), /a–z/);
    assert.match(await text('problem-symbols'), /SEVENTEENLETTERSX/);
    await field('Name').fill('made-up');
    await symbols().fill('IBM, AAPL\nIBM');
    await stage.page.getByRole('checkbox', { name: /Priority/ }).check();
    await button('Save').click();
    await told(/made-up is saved/);
    // Pages follow the engine within a second.
    await eventually(
      () => symbolsOf('universes/made-up'),
      (list) => String(list) === 'AAPL,IBM',
      'its symbols',
    );
    await eventually(
      () => item('made-up').textContent(),
      (words) => /priority.*2 symbols/.test(words),
      'it in the list',
    );

    await eventually(
      () => symbols().inputValue(),
      (words) => words === 'AAPL IBM',
      'its symbols in the editor',
    );
    await symbols().fill('IBM');
    await button('Save').click();
    await eventually(
      () => symbolsOf('universes/made-up'),
      (list) => list.length === 1,
      'one symbol',
    );
    await button('Delete').click();
    await confirm('Cancel');
    assert.deepEqual(await symbolsOf('universes/made-up'), ['IBM']);
    await button('Delete').click();
    await confirm('Delete');
    await told(/made-up is deleted/);
    await eventually(
      () => symbolsOf('universes/made-up'),
      (answer) => answer === 404,
      'its end',
    );
    await item('made-up').waitFor({ state: 'detached' });
    assert.equal(stage.complaints.filter((line) => !/status of 404/.test(line)).length, 0);
  });

  it('makes a universe and a filter of the user’s own; the filter holds on the tape', async () => {
    const { events } = await (await api('events?limit=200&types=high,low')).json();
    const symbol = events.at(-1).event.symbol;
    await open('#/sets/universes');
    await button('New').click();
    await field('Name').fill('watched here');
    await symbols().fill(symbol);
    await button('Save').click();
    await told(/watched here is saved/);

    await button('Your filters').click();
    await button('New').click();
    await field('Name').fill('only those');
    await button('High').click();
    await button('Low').click();
    await button('+ mine/watched here').click();
    await button('Save').click();
    await told(/only those is saved/);
    const kept = await (await api('users/me/filters')).json();
    assert.deepEqual(
      kept.filters.map(({ name, enabled, filter }) => [name, enabled, filter]),
      [['only those', true, { universes: ['mine/watched here'], types: ['high', 'low'] }]],
    );
    if (!skipOnMock) {
      await stage.page.goto(`${stage.server.url}#/tape`);
      await eventually(
        () => part('user-filters').textContent(),
        (words) => /only those/.test(words),
        'that the filter holds',
      );
    }

    await open('#/sets/filters/only%20those');
    await stage.page.getByRole('checkbox', { name: /It holds/ }).uncheck();
    await button('Save').click();
    await told(/only those is saved/);
    await eventually(
      () => item('only those').textContent(),
      (words) => /off/.test(words),
      'that it is off',
    );
    await button('Delete').click();
    await confirm('Delete');
    await told(/only those is deleted/);
    await open('#/sets/universes/watched%20here');
    await button('Delete').click();
    await confirm('Delete');
    await told(/watched here is deleted/);
    assert.deepEqual((await (await api('users/me/filters')).json()).filters, []);
    assert.deepEqual((await (await api('users/me/universes')).json()).universes, []);
    assert.deepEqual(stage.complaints, []);
  });

  it('brings nobody back who has gone on after saving', async () => {
    await open('#/sets/universes');
    await stage.settled();
    await button('New').click();
    await field('Name').fill('left behind');
    await symbols().fill('IBM');
    const list = '**/api/v1/users/me/universes';
    let answer;
    const held = new Promise((resolve) => (answer = resolve));
    await stage.page.route(list, (route) => held.then(() => route.continue()));
    await button('Save').click();
    await told(/left behind is saved/);
    await stage.page.locator('[data-page=tape]').click();
    await stage.pageIs('tape');
    const answered = stage.page.waitForResponse(list);
    answer();
    await (await answered).finished();
    await stage.page.waitForTimeout(300);
    assert.match(stage.page.url(), /#\/tape$/);
    const url = `${stage.server.url}api/v1/users/me/universes/left%20behind`;
    assert.ok((await stage.page.request.delete(url)).ok());
    assert.deepEqual(stage.complaints, []);
  });

  it('tries a filter on the newest events before it is saved', { skip: skipOnMock }, async () => {
    await open('#/sets/filters');
    await button('New').click();
    await button('Low').click();
    await button('Try it on the newest events').click();
    await eventually(
      () => text('trial-result'),
      (words) => /would pass/.test(words),
      'what would pass',
    );
    const shown = await part('trial').locator('li').allTextContents();
    assert.ok(shown.length > 0 && shown.every((line) => /Low down/.test(line)), String(shown));
    await stage.page.locator('[name=min_price]').fill('100000000');
    await eventually(
      () => text('trial-result'),
      (words) => /changed since/.test(words),
      'that it is of another form',
    );
    await button('Try it on the newest events').click();
    await eventually(
      () => text('trial-result'),
      (words) => /None of the events in memory/.test(words),
      'that nothing passes',
    );
    assert.equal((await (await api('users/me/filters')).json()).filters.length, 0);
  });

  it('shows what is wrong at its field, its own word and the server’s', async () => {
    await open('#/sets/filters');
    await button('New').click();
    assert.ok(await button('Save').isDisabled(), 'nothing to save yet');
    await field('Name').fill('wrong');
    await stage.page.locator('[name=min_count]').fill('1.5');
    await stage.page.locator('[name=min_price]').fill('10');
    await stage.page.locator('[name=max_price]').fill('5');
    await button('Save').click();
    assert.match(await text('problem-min_count'), /whole number/);
    assert.match(await text('problem-max_price'), /Less than/);
    await stage.page.locator('[name=min_count]').fill('');
    await stage.page.locator('[name=max_price]').fill('');
    await field('Universes').fill('none such');
    await button('Save').click();
    await eventually(
      () => text('problem-universes'),
      (words) => /no universe "none such"/.test(words),
      'the server’s word',
    );
    assert.equal((await (await api('users/me/filters')).json()).filters.length, 0);
  });

  it('asks before what is not saved is lost', async () => {
    await open('#/sets/engine');
    await button('New').click();
    await field('Name').fill('half');
    await button('Your filters').click();
    await part('confirm').waitFor();
    await confirm('Cancel');
    assert.equal(await field('Name').inputValue(), 'half');
    // The navigation and its keys lead away, too.
    await stage.page.locator('[data-page=market]').click();
    await confirm('Cancel');
    assert.match(stage.page.url(), /#\/sets\/engine$/);
    assert.equal(await field('Name').inputValue(), 'half');
    await stage.page.locator('[data-page=market]').click();
    await confirm('Leave');
    await part('breadth').waitFor();
    await open('#/sets/engine');
    await stage.settled();
    assert.equal(await item('half').count(), 0);
    assert.deepEqual(stage.complaints, []);
  });
});
