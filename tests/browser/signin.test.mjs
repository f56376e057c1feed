// The dashboard of a server that wants to know who comes: sign-in panel, session, sign out.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeKey, revokeKey, serverName, skipOnMock } from './support/server.mjs';
import { useStage } from './support/stage.mjs';

let key = '';
let data = '';
const stage = useStage(async (directory) => {
  if (skipOnMock) {
    return [];
  }
  data = directory;
  key = await makeKey(data, 'ann', 'trader');
  // Room for the wrong keys of all tests; the refusal itself is made up below.
  return ['--set', 'auth.mode=required', '--set', 'auth.failures_per_minute=100'];
});
const { part, rows, text, figure, eventually } = stage;

/** The browser itself writes a line for each 401; all else is a complaint. */
const others = () => stage.complaints.filter((line) => !/status of 401/.test(line));
const kept = () => stage.page.evaluate(() => JSON.stringify({ ...sessionStorage }));

async function openPanel() {
  await stage.page.goto(stage.server.url);
  await part('sign-in').waitFor();
}

async function signIn(credential) {
  await part('credential').fill(credential);
  await stage.page.keyboard.press('Enter');
}

async function seesEventsArrive() {
  await rows().first().waitFor();
  const total = await eventually(
    () => figure('events'),
    (n) => n > 0,
    'events',
  );
  await eventually(
    () => figure('events'),
    (n) => n > total,
    'more events',
  );
}

describe(`signing in on the ${serverName}`, { timeout: 10 * 60_000, skip: skipOnMock }, () => {
  it('shows the panel and nothing of the market', async () => {
    await openPanel();
    assert.match(await text('sign-in'), /This server wants to know who you are/);
    assert.equal(await part('tape').count(), 0);
    assert.equal(await part('sign-in-error').textContent(), '');
    const field = stage.page.getByLabel('API key or token');
    assert.equal(await field.getAttribute('type'), 'password');
    assert.equal(await field.getAttribute('autocomplete'), 'off');
    assert.ok(await field.evaluate((element) => element === document.activeElement));
    assert.equal(stage.complaints.length, 1, `one 401 and no more: ${stage.complaints}`);
    assert.deepEqual(others(), []);
  });

  it('tells what is wrong with a key, and keeps none of it', async () => {
    await openPanel();
    const error = (words) =>
      eventually(
        () => text('sign-in-error'),
        (word) => words.test(word),
        String(words),
      );
    await signIn(' ');
    await error(/Enter an API key or a token\./);
    await signIn('two words');
    await error(/no spaces/);
    await signIn(`${key.slice(0, -4)}AAAA`);
    await error(/The token or API key is not accepted\./);
    assert.equal(await kept(), '{}');
    assert.equal(await part('tape').count(), 0);
    assert.deepEqual(others(), []);
  });

  it('says when one may try again after too many wrong keys', async () => {
    await openPanel();
    const message = 'too many wrong credentials from this address';
    await stage.page.route('**/api/v1/me', (route) =>
      route.fulfill({
        status: 429,
        headers: { 'Retry-After': '12' },
        json: { error: { code: 'too_many_failures', message } },
      }),
    );
    await signIn('tsk_guess');
    await eventually(
      () => text('sign-in-error'),
      (word) => word === 'Too many wrong credentials from this address; try again in 12 s.',
      'when',
    );
  });

  it('lets the right key in: events arrive, name and role stand in the header', async () => {
    const addresses = [];
    stage.page.on('request', (request) => addresses.push(request.url()));
    stage.page.on('websocket', (socket) => addresses.push(socket.url()));
    await openPanel();
    await signIn(`  ${key} `);
    await seesEventsArrive();
    assert.match(await text('who'), /Signed in as ann trader sign out/);
    assert.equal(await part('sign-in').count(), 0);
    assert.ok(addresses.some((address) => address.startsWith('ws')));
    assert.deepEqual(
      addresses.filter((address) => /tsk_|tkt_/.test(address)),
      [],
      'no credential in an address',
    );
    assert.deepEqual(others(), []);
    assert.deepEqual(stage.strangers, []);
  });

  it('stays signed in over a reload, in this tab only', async () => {
    await openPanel();
    await signIn(key);
    await seesEventsArrive();
    stage.complaints = [];
    await stage.page.reload();
    await seesEventsArrive();
    assert.match(await text('who'), /ann/);
    assert.deepEqual(stage.complaints, [], 'not even a 401');
    assert.equal(await stage.page.evaluate(() => JSON.stringify(localStorage)), '{}');
    const other = await stage.context.newPage();
    await other.goto(stage.server.url);
    await other.getByTestId('sign-in').waitFor();
  });

  it('forgets everything at sign out, by keyboard', async () => {
    await openPanel();
    await signIn(key);
    await seesEventsArrive();
    await stage.page.getByRole('button', { name: 'sign out' }).focus();
    await stage.page.keyboard.press('Enter');
    await part('sign-in').waitFor();
    assert.equal(await part('sign-in-error').textContent(), '');
    assert.equal(await part('tape').count(), 0);
    assert.equal(await kept(), '{}');
    stage.complaints = [];
    await stage.page.reload();
    await part('sign-in').waitFor();
    await stage.page.waitForTimeout(1500);
    assert.equal(stage.complaints.length, 1, 'nothing is asked on without a key');
    assert.deepEqual(others(), []);
  });

  it('gets a fresh ticket after a lost line', async () => {
    const tickets = [];
    let line;
    await stage.page.clock.install();
    await stage.page.routeWebSocket(/\/ws$/, (socket) => {
      const upstream = socket.connectToServer();
      line = socket;
      socket.onMessage((message) => {
        const frame = JSON.parse(String(message));
        if (frame.op === 'auth') {
          tickets.push(frame.ticket);
        }
        upstream.send(message);
      });
    });
    await openPanel();
    await signIn(key);
    await seesEventsArrive();
    // While the page's clock stands it does not try by itself, and the button stays.
    await stage.page.clock.pauseAt(await stage.page.evaluate(() => Date.now() + 60_000));
    await line.close({ code: 3008, reason: 'slow_client' });
    await part('banner').waitFor();
    await stage.page.getByRole('button', { name: 'Try now' }).click();
    await stage.page.clock.resume();
    await part('banner').waitFor({ state: 'detached' });
    await seesEventsArrive();
    assert.equal(tickets.length, 2);
    assert.notEqual(tickets[0], tickets[1]);
    assert.ok(tickets.every((ticket) => ticket.startsWith('tkt_')));
    assert.deepEqual(others(), []);
  });

  it('says that there are too many connections, and waits for a person', async () => {
    let connections = 0;
    let line;
    await stage.page.routeWebSocket(/\/ws$/, (socket) => {
      connections += 1;
      socket.connectToServer();
      line = socket;
    });
    await openPanel();
    await signIn(key);
    await seesEventsArrive();
    await line.close({ code: 3504, reason: 'user_connection_limit' });
    await eventually(
      () => text('banner'),
      (words) => /too many connections/.test(words),
      'why',
    );
    await stage.page.waitForTimeout(2500);
    assert.equal(connections, 1);
    await stage.page.getByRole('button', { name: 'Try again' }).click();
    await seesEventsArrive();
    assert.equal(connections, 2);
  });

  it('shows and hides the user’s own filters as they change', async () => {
    await openPanel();
    await signIn(key);
    await seesEventsArrive();
    assert.equal(await part('user-filters').count(), 0);
    const headers = { Authorization: `Bearer ${key}` };
    const filter = (name) => `${stage.server.url}api/v1/users/me/filters/${name}`;
    const options = { headers, data: { filter: { types: ['high', 'low'] } } };
    for (const name of ['extremes', 'noon']) {
      const answer = await stage.page.request.put(filter(name), options);
      assert.ok(answer.ok(), await answer.text());
    }
    await eventually(
      () => text('user-filters'),
      (words) => words === 'your filters: extremes, noon',
      'both',
    );
    await stage.page.reload();
    await seesEventsArrive();
    assert.equal(await text('user-filters'), 'your filters: extremes, noon');
    const types = (await stage.shownRows()).map((row) => row.type);
    assert.deepEqual(
      [...new Set(types)].filter((type) => !['high', 'low'].includes(type)),
      [],
    );
    for (const name of ['extremes', 'noon']) {
      await stage.page.request.delete(filter(name), { headers });
    }
    await part('user-filters').waitFor({ state: 'detached' });
    assert.deepEqual(others(), []);
  });

  it('asks again when the key is revoked', async () => {
    const short = await makeKey(data, 'bob', 'viewer');
    await openPanel();
    // A key made while the server runs is known within a second.
    await eventually(
      async () => {
        const answer = stage.page.waitForResponse(/\/api\/v1\/me$/);
        await signIn(short);
        return (await answer).status();
      },
      (status) => status === 200,
      'the new key be known',
    );
    await part('who').waitFor();
    await seesEventsArrive();
    await revokeKey(data, short);
    await part('sign-in').waitFor();
    assert.match(await text('sign-in-error'), /revoked|not accepted|not good any more/);
    assert.equal(await kept(), '{}');
    assert.deepEqual(others(), []);
  });
});
