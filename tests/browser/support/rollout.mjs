import { madeUp } from './events.mjs';

const latency = (mean, p50, p99, count) => ({ mean_us: mean, p50_us: p50, p99_us: p99, count });

const comparison = {
  linear: 5210,
  multi_channel: 5209,
  matched: 5205,
  near: 2,
  missing: 3,
  extra: 2,
  late: 1,
  lost: 0,
};
const metrics = {
  records: 1842300,
  channel_requests: 20110,
  channel_successes: 20104,
  channel_failures: 6,
  legacy_fallbacks: 6,
  set_aside: 0,
  errors: 9,
  not_rolled_out: 88120,
  failures_by_cause: { error: 4, timeout: 0, parked: 0, skipped: 0, difference: 2 },
  integration_enabled: true,
  success_rate_percent: 99.97,
  fallback_rate_percent: 0.03,
  avg_performance_improvement_ms: -0.0004,
  channel_success_rate: 99.9,
  channel_win_rate: 98.2,
  avg_time_improvement_ms: -0.0004,
};
const times = {
  linear: latency(1.21, 0.9, 6.4, 1842300),
  multi_channel: latency(1.63, 1.2, 8.1, 1842300),
  added: latency(0.14, 0.1, 0.7, 1842300),
  pairs: 1842300,
  wins: 1809138,
};

/** An answer of /api/v1/rollout in phase 2, not over yet; `changes` replace members. */
export function madeUpRollout(changes = {}) {
  const hour = 3_600_000;
  return {
    installed: true,
    fully_enabled: true,
    flags: {
      multichannel_system_enabled: true,
      tick_channel_enabled: true,
      router_enabled: true,
      integration_layer_enabled: true,
      parallel_processing_enabled: true,
      performance_comparison_enabled: false,
      rollout_percentage: 1,
      rollout_tickers: ['AAPL', 'MSFT'],
      excluded_tickers: ['GME'],
    },
    phase: {
      number: 2,
      name: 'phase_2_limited_rollout',
      description: 'made up',
      since: (Date.now() - 30 * hour) * 1e6,
      duration_hours: 168,
      elapsed_hours: 30,
      criteria: [
        {
          name: 'duration',
          text: '30.00 h of at least 168 h',
          value: 30,
          limit: 168,
          unit: 'h',
          met: false,
        },
        {
          name: 'error_rate',
          text: '0.03 % of less than 1 %',
          value: 0.03,
          limit: 1,
          unit: '%',
          met: true,
        },
        {
          name: 'missed_events',
          text: '2 of 5210 events of the linear path missed (none accepted)',
          value: 2,
          limit: 0,
          unit: 'events',
          met: false,
        },
      ],
      can_advance: false,
      refusal: 'duration: 30.00 h of at least 168 h; missed_events: 2 of 5210 events missed',
    },
    incident: null,
    symbols: {
      multi_channel: 84,
      linear: 8216,
      tiers: {
        low: { known: 1210, selected: 82 },
        medium: { known: 2904, selected: 2 },
        high: { known: 4186, selected: 0 },
      },
      fallen: [
        {
          symbol: 'MSFT',
          from: 918200,
          decided: 918240,
          cause: 'difference',
          since: Date.now() * 1e6,
        },
      ],
    },
    metrics,
    comparison: { ...comparison, differences_total: 7 },
    latency: times,
    in_phase: { metrics, comparison, latency: times },
    window: { full: true, error_percent: 0.02, mean_ms: 0.002 },
    disk_failure: null,
    report: {
      summary: {},
      comparison_analysis: {},
      recommendations: 'CAUTION: Review errors before proceeding',
      rollout_readiness: {
        ready_for_next_phase: false,
        performance_acceptable: true,
        stability_confirmed: false,
      },
    },
    ...changes,
  };
}

/** One in all of the lists, the event's text one that must stay text. */
export function madeUpDifferences() {
  const linear = madeUp({ symbol: 'MSFT' });
  const multi_channel = madeUp({ symbol: 'MSFT', price: 187.43 });
  const shared = { symbol: 'MSFT', clock: 1718720105123456800, in_charge: true, late: false };
  const record = 'trade 187.42 × 300 of entry 918200 <b>';
  return {
    total: 2,
    differences: [
      { number: 2, kind: 'near', ...shared, linear, multi_channel, record },
      { number: 1, kind: 'missing', ...shared, linear, multi_channel: null, record: null },
    ],
  };
}

export const madeUpIncident = (changes = {}) => ({
  id: '20240618T143000-1',
  wall: 1718720105123456800,
  clock: 1718720105123456800,
  sequence: 918300,
  by: 'fallback monitor',
  cause: 'error_rate',
  text: 'error rate 12.5 % over the last 30 s (limit 10 %)',
  phase: 2,
  percentage: 1,
  symbols: 84,
  paths: metrics,
  comparison,
  error_rate_percent: 12.5,
  mean_ms: 0.4,
  resolved: null,
  resolved_by: null,
  ...changes,
});

/** What /api/v1/rollout… answers on a page; returns the commands that were sent. */
export async function answerRollout(page, rollout, lists = {}, refusal = null) {
  const sent = [];
  await page.route(/\/api\/v1\/(rollout|compare)/, async (route) => {
    const request = route.request();
    const path = new URL(request.url()).pathname.replace('/api/v1/', '');
    if (request.method() !== 'GET') {
      sent.push({ path, method: request.method(), body: request.postDataJSON() });
      const error = { code: 'refused', message: refusal };
      await (refusal === null
        ? route.fulfill({ json: { done: true, text: `made up: ${path}`, sequence: 9 } })
        : route.fulfill({ status: 409, json: { error } }));
      return;
    }
    const answer = path === 'rollout' ? rollout() : lists[path];
    await (answer === undefined
      ? route.fulfill({ status: 503, json: { error: { code: 'not_ready', message: 'no such' } } })
      : route.fulfill({ json: answer }));
  });
  return sent;
}
