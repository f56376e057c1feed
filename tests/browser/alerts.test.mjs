// The alerts page: an alert with a real cause comes and goes, rules, filters, the webhook's state.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { serverName } from './support/server.mjs';
import { useStage } from './support/stage.mjs';

const stage = useStage();
const { open, part, text, eventually } = stage;
const channel = (action) =>
  stage.page.request.post(`${stage.server.url}api/v1/channels/fmv/${action}`);
const alertsOf = (list) => part(list).locator('li').filter({ hasText: 'Fair value' });

const madeUp = (changes) => ({
  id: 1,
  type: 'HIGH_LATENCY',
  severity: 'warning',
  channel: 'tick',
  message: 'p99 is 80 ms',
  value: 80,
  threshold: 50,
  raised: 1718720105123456800,
  resolved: null,
  duration_seconds: 3,
  runbook: 'high_latency',
  ...changes,
});

/** Changes the answer that the page gets. */
async function alter(change) {
  await stage.page.route('**/api/v1/alerts*', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: change(await response.json()) });
  });
}

describe(`the alerts page on the ${serverName}`, { timeout: 10 * 60_000 }, () => {
  it('shows an alert when its cause comes, and resolves it when the cause goes', async () => {
    await open('#/alerts');
    await stage.settled();
    await eventually(
      () => alertsOf('active-alerts').count(),
      (n) => n === 0,
      'no alert of the channel yet',
    );
    // A paused channel's records wait: its queue passes the limit.
    assert.ok((await channel('pause')).ok());
    try {
      // Several may come of it, in any order: one of them has it all.
      await eventually(
        () =>
          alertsOf('active-alerts').evaluateAll((found) =>
            found.map((each) => [
              each.textContent,
              each.querySelector('[data-testid=runbook]')?.textContent ?? '',
            ]),
          ),
        (all) =>
          all.some(
            ([words, runbook]) =>
              /against a limit of/.test(words) && /^docs\/runbooks\/\w+\.md$/.test(runbook),
          ),
        'an alert with its limit and its runbook',
      );
      await part('alert-badge').waitFor();
    } finally {
      assert.ok((await channel('resume')).ok());
    }
    await eventually(
      () => alertsOf('active-alerts').count(),
      (n) => n === 0,
      'its end',
    );
    await alertsOf('recent-alerts').first().waitFor();
    assert.deepEqual(stage.complaints, []);
  });

  it('shows the rules with their limits, and the webhook’s state', async () => {
    await open('#/alerts');
    await part('alert-rules').waitFor();
    const rules = await text('alert-rules');
    assert.match(rules, /CHANNEL_FAILURE/);
    assert.match(rules, /QUEUE_OVERFLOW/);
    assert.match(await text('webhook'), /sent, .*failed, .*dropped, .*waiting/);
    assert.deepEqual(stage.complaints, []);
  });

  it('puts the worst first and filters by severity and words', async () => {
    const active = [
      madeUp({ id: 1, severity: 'info', type: 'LOW_CONFIDENCE' }),
      madeUp({ id: 2, severity: 'warning' }),
      madeUp({ id: 3, severity: 'critical', type: 'JOURNAL', channel: null, value: null }),
    ];
    await alter((answer) => ({ ...answer, active, recent: [] }));
    await open('#/alerts');
    const types = () =>
      part('active-alerts')
        .locator('li')
        .evaluateAll((found) => found.map((each) => each.dataset.type).join());
    await eventually(types, (all) => all === 'JOURNAL,HIGH_LATENCY,LOW_CONFIDENCE', 'the order');
    await stage.page.getByTitle('Show only warning').click();
    await eventually(types, (all) => all === 'HIGH_LATENCY', 'warnings only');
    await stage.page.getByRole('button', { name: 'Show all' }).click();
    await stage.page.getByLabel('Filter alerts').fill('journal');
    await eventually(types, (all) => all === 'JOURNAL', 'what the words name');
    assert.match(stage.page.url(), /#\/alerts\/journal$/);
    await stage.page.getByLabel('Filter alerts').fill('nothing such');
    await eventually(
      () => stage.page.getByText('None of the 3 active ones passes the filter.').count(),
      (n) => n === 1,
      'that the filter hides them',
    );
  });

  it('shows text of an alert as text', async () => {
    const message = '<img src=x onerror=alert(1)>';
    await alter((answer) => ({ ...answer, active: [madeUp({ message })] }));
    await open('#/alerts');
    await eventually(
      () => part('active-alerts').textContent(),
      (words) => words.includes(message),
      'the message as it is',
    );
    assert.equal(await stage.page.locator('main img').count(), 0);
    assert.deepEqual(stage.complaints, []);
  });

  it('says who may see them when this one may not', async () => {
    const error = { code: 'forbidden', message: 'this needs the role viewer' };
    await stage.page.route('**/api/v1/alerts*', (route) =>
      route.fulfill({ status: 403, json: { error } }),
    );
    await open('#/alerts');
    await eventually(
      () => part('poll-error').first().textContent(),
      (words) => /needs the role viewer \(status 403\)/.test(words),
      'why there is nothing',
    );
  });
});
