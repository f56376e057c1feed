// The mock server's answers for the pages market, health, alerts, sets and settings: made up, but in
// the shapes of docs/reference/protocol.md. What is changed here holds until the mock ends.

const nanos = (ms) => `${Math.floor(ms)}000000`;

/** @param market the MockMarket; @param ring gives the events in memory; @param status the status. */
export class MockDesk {
  #universes = new Map([['core', { symbols: ['AAPL', 'MSFT', 'NVDA'], priority: true }]]);
  #own = { filters: new Map(), universes: new Map() };
  #settings = settings();
  #changed = Date.now();
  #resolved = [];
  #raised = null;

  constructor({ ring, status }) {
    this.ring = ring;
    this.status = status;
  }

  /** The answer to a request below /api/v1/ as {status, body}; null = none of these. */
  answer(method, path, query, body) {
    if (path === 'market') {
      return ok(this.#market(Number(query.get('limit') ?? 10)));
    }
    if (path === 'dashboard') {
      return ok(this.#dashboard());
    }
    if (path === 'rollout') {
      return ok({ installed: false, how: 'the mock server has no integrator' });
    }
    if (path === 'compare' && method === 'GET') {
      return ok({ running: false, settings: {}, counts: {}, by_type: [], differences: [] });
    }
    if (path === 'alerts') {
      return ok(this.#alerts());
    }
    const debug = /^channels\/(\w+)\/debug$/.exec(path);
    if (debug !== null) {
      return ok(this.#debug(debug[1]));
    }
    const set = /^(universes|users\/me\/(?:filters|universes))(?:\/(.+))?$/.exec(path);
    if (set !== null) {
      return this.#set(method, set[1], set[2], body);
    }
    if (path === 'config' || path === 'config/reload') {
      return this.#config(method, path, body);
    }
    return null;
  }

  #market(limit) {
    const rows = new Map();
    const minutes = new Map();
    const sums = {};
    const add = (name) => (sums[name] = (sums[name] ?? 0) + 1);
    for (const { event } of this.ring()) {
      const row = rows.get(event.symbol) ?? { symbol: event.symbol, counts: {}, volume: 0 };
      rows.set(event.symbol, row);
      row.price = event.price ?? row.price;
      row.last = event.ts;
      row.percent = event.data.percent_change ?? row.percent;
      row.volume = Math.max(row.volume, event.data.rel_volume ?? 0);
      row.counts[event.type] = (row.counts[event.type] ?? 0) + 1;
      row[event.type] = Math.abs(event.data.magnitude ?? event.data.trend_score ?? 0);
      row[`${event.type}_direction`] = event.direction;
      const t = Math.floor(Number(String(event.ts).slice(0, -9)) / 60) * 60;
      const minute = minutes.get(t) ?? { t, highs: 0, lows: 0, surges_up: 0, surges_down: 0 };
      minutes.set(t, minute);
      const name = `${event.type}s${['surge', 'trend'].includes(event.type) ? `_${event.direction}` : ''}`;
      add(name);
      if (name in minute) {
        minute[name] += 1;
      }
    }
    const leaders = (rank, shown = rank, direction = () => null) =>
      [...rows.values()]
        .filter((row) => rank(row) > 0)
        .sort((a, b) => rank(b) - rank(a))
        .slice(0, limit)
        .map((row) => ({
          symbol: row.symbol,
          count: rank(row),
          price: row.price,
          percent_change: row.percent ?? null,
          value: shown(row),
          direction: direction(row),
          last: row.last,
        }));
    const all = [...rows.values()];
    const of = (type) => (row) => row.counts[type] ?? 0;
    return {
      session: 'regular',
      since: this.ring()[0]?.event.ts ?? null,
      complete: true,
      symbols: rows.size,
      through: { epoch: 'mock', offset: 0 },
      leaders: {
        highs: leaders(of('high')),
        lows: leaders(of('low')),
        surges: leaders(
          of('surge'),
          (row) => row.surge,
          (row) => row.surge_direction,
        ),
        trends: leaders(
          (row) => row.trend ?? 0,
          (row) => row.trend,
          (row) => row.trend_direction,
        ),
        relative_volume: leaders((row) => row.volume),
      },
      breadth: {
        highs: sums.highs ?? 0,
        lows: sums.lows ?? 0,
        surges_up: sums.surges_up ?? 0,
        surges_down: sums.surges_down ?? 0,
        trends_up: sums.trends_up ?? 0,
        trends_down: sums.trends_down ?? 0,
        advancing: all.filter((row) => row.percent > 0).length,
        declining: all.filter((row) => row.percent < 0).length,
        unchanged: all.filter((row) => row.percent === 0).length,
        minutes: [...minutes.values()].sort((a, b) => a.t - b.t).slice(-390),
      },
    };
  }

  #dashboard() {
    const status = this.status();
    const paused = status.channels.some((channel) => channel.status === 'paused');
    return {
      system_overview: {
        status: paused ? 'NOT_READY' : 'READY',
        uptime_seconds: status.uptime_seconds,
        uptime_percent: 100,
        memory_used_bytes: 180e6,
        memory_limit_bytes: 2e9,
        cpu_percent: 7,
        total_processed: status.sequence,
        events_per_second: status.rates.events_per_second,
        events_per_second_peak: status.rates.events_per_second_peak,
        records_per_second: status.rates.records_per_second,
        active_symbols: { tick: status.symbols, ohlcv: status.symbols, fmv: 40 },
        websocket_clients: status.clients.websocket,
        router: { success_rate: 100, errors: 0, circuit: 'closed' },
      },
      channel_details: status.channels.map((channel) => ({
        name: channel.name,
        type: channel.name,
        status: channel.status,
        healthy: channel.healthy,
        processed: channel.records,
        errors: 0,
        events: channel.events,
        success_rate: 100,
        queue_size: channel.queue_size,
        queue_limit: channel.queue_limit,
        records_per_second: channel.records_per_second,
        p50_ms: 0.01,
        p95_ms: 0.05,
        p99_ms: 0.1 + 0.05 * Math.random(),
        mean_confidence: channel.name === 'fmv' ? 0.93 : null,
      })),
      active_alerts: [],
      recent_alerts: [],
      performance_thresholds: {
        latency_p99_ms: 50,
        success_warning_percent: 95,
        success_error_percent: 90,
        memory_bytes: 2e9,
        queue_warning_percent: 75,
        queue_error_percent: 95,
      },
    };
  }

  /** A paused channel is an alert, so that one can be seen to come and to go. */
  #alerts() {
    const paused = this.status().channels.find((channel) => channel.status === 'paused');
    if (paused !== undefined && this.#raised === null) {
      this.#raised = {
        id: this.#resolved.length + 1,
        type: 'CHANNEL_FAILURE',
        severity: 'critical',
        channel: paused.name,
        message: `the channel ${paused.name} is paused`,
        value: 1,
        threshold: 0,
        raised: nanos(Date.now()),
        resolved: null,
        duration_seconds: 0,
        runbook: 'channel_failure',
      };
    } else if (paused === undefined && this.#raised !== null) {
      const seconds = (Date.now() - Number(this.#raised.raised.slice(0, -6))) / 1000;
      const resolved = nanos(Date.now());
      this.#resolved.unshift({ ...this.#raised, resolved, duration_seconds: seconds });
      this.#raised = null;
    }
    const rule = (name, metric, threshold, severity, description) => ({
      name,
      metric,
      op: '>',
      threshold,
      severity,
      description,
      for_seconds: 0,
      built_in: true,
    });
    return {
      active: this.#raised === null ? [] : [this.#raised],
      recent: this.#resolved,
      raised: this.#resolved.length + (this.#raised === null ? 0 : 1),
      resolved: this.#resolved.length,
      suppressed: 0,
      webhook: { sent: 0, failed: 0, dropped: 0, waiting: 0 },
      looked: nanos(Date.now()),
      rules: [
        rule('CHANNEL_FAILURE', 'channel.failed', 0, 'critical', 'A channel works no records'),
        rule('HIGH_LATENCY', 'channel.latency_p99_ms', 50, 'warning', 'Batches take too long'),
        rule('QUEUE_OVERFLOW', 'channel.queue_percent', 75, 'warning', 'A queue fills'),
      ],
    };
  }

  #debug(name) {
    const at = nanos(Date.now());
    return {
      name,
      oldest_seconds: 0,
      last_errors: [],
      dead_letters: [],
      circuit_history: [],
      slowest: [1, 2, 3].map((n) => ({
        sequence: 1000 * n,
        symbol: 'AAPL',
        clock: at,
        seconds: 1e-4 / n,
        records: n,
      })),
    };
  }

  #set(method, kind, name, body) {
    const isEngine = kind === 'universes';
    const isFilter = kind.endsWith('filters');
    const sets = isEngine ? this.#universes : isFilter ? this.#own.filters : this.#own.universes;
    if (name === undefined) {
      const list = [...sets].map(([each, value]) =>
        isFilter
          ? { name: each, ...value }
          : { name: each, priority: value.priority ?? false, count: value.symbols.length },
      );
      return ok({ user: 'local', version: 1, [isFilter ? 'filters' : 'universes']: list });
    }
    if (method === 'GET') {
      const found = sets.get(name);
      return found === undefined
        ? refusal(404, 'not_found', `no set "${name}"`)
        : ok({ name, ...found, count: found.symbols?.length });
    }
    if (method === 'DELETE') {
      sets.delete(name);
    } else if (isFilter) {
      const unknown = (body.filter.universes ?? []).find(
        (each) => !this.#universes.has(each) && !this.#own.universes.has(each.replace('mine/', '')),
      );
      if (unknown !== undefined) {
        return refusal(400, 'unknown_universe', `no universe "${unknown}"; there are core`);
      }
      sets.set(name, { enabled: body.enabled !== false, filter: body.filter });
    } else {
      sets.set(name, { symbols: [...body.symbols].sort(), priority: body.priority === true });
    }
    return ok({ done: true, user: 'local', version: 1, name });
  }

  #config(method, path, body) {
    if (method === 'GET') {
      return ok({
        hash: '00f1e2d3c4b5a697',
        changed: nanos(this.#changed),
        settings: this.#settings,
      });
    }
    if (path === 'config/reload') {
      return ok({ changed: [], saved: null, sequence: null, warning: null });
    }
    const problems = [];
    const changed = [];
    for (const [name, value] of Object.entries(body.settings)) {
      const setting = this.#settings.find((each) => each.name === name);
      if (setting === undefined || (typeof value === 'number' && (value < 0 || value > 1000))) {
        const accepted = setting?.accepted ?? '';
        const message = setting === undefined ? 'unknown key' : `${value} is not accepted`;
        problems.push({ name, value: String(value), message, accepted, nearest: null });
      } else if (setting.value !== value) {
        changed.push({ name, from: setting.value, to: value, change: setting.change });
      }
    }
    if (problems.length > 0) {
      const message = problems.map((each) => `${each.name}: ${each.message}`).join('\n');
      return { status: 422, body: { error: { code: 'invalid_setting', message }, problems } };
    }
    const saves = body.save !== false && body.dry_run !== true;
    if (body.dry_run !== true) {
      this.#changed = Date.now();
      for (const each of changed) {
        const setting = this.#settings.find(({ name }) => name === each.name);
        setting.value = each.to;
        setting.origin = saves ? 'tickstock.json:3' : 'api';
      }
    }
    const saved = saves ? 'tickstock.json' : null;
    return ok({ changed, saved, sequence: 7, hash: '00f1e2d3c4b5a697', warning: null });
  }
}

const ok = (body) => ({ status: 200, body });
const refusal = (status, code, message) => ({ status, body: { error: { code, message } } });

function settings() {
  const row = (name, type, value, accepted, unit, change, sentence) => ({
    name,
    section: name.split('.')[0],
    type,
    value,
    default: value,
    accepted,
    unit,
    sentence,
    change,
    origin: 'default',
  });
  return [
    row(
      'high_low.enabled',
      'boolean',
      true,
      'true or false',
      '',
      'live',
      'Whether highs and lows are told.',
    ),
    row(
      'high_low.min_price_change',
      'decimal',
      0.01,
      '0 to 1000',
      'USD',
      'live',
      'How far a new extreme lies beyond the one before.',
    ),
    row(
      'high_low.cooldown_seconds',
      'seconds',
      1,
      '0 to 1000',
      's',
      'live',
      'The least time between two of a kind.',
    ),
    row(
      'surge.threshold_multiplier',
      'decimal',
      1,
      '0 to 1000',
      '',
      'session',
      'Scales all limits of surges.',
    ),
    row(
      'server.port',
      'integer',
      8080,
      '0 to 65535',
      '',
      'restart',
      'TCP port of everything that the server offers.',
    ),
    row(
      'server.allowed_hosts',
      'list',
      [],
      'host names',
      '',
      'live',
      'Names of this server beside its address.',
    ),
  ];
}
