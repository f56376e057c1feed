import { list, millis, number, object, text, type Json } from '../stream/read';

/** /api/v1/rollout as the rollout page uses it. What is absent reads as zero, empty or null. */

export interface Criterion {
  name: string;
  /** "mean 0.4 ms of at most 2 ms" */
  text: string;
  value: number;
  limit: number;
  unit: string;
  met: boolean;
}

export interface Phase {
  number: number;
  name: string;
  description: string;
  sinceMs: number;
  /** Least; null = none. */
  durationHours: number | null;
  elapsedHours: number;
  criteria: Criterion[];
  canAdvance: boolean;
  /** Why `advance` would say no; empty = it would go on. */
  refusal: string;
}

export interface Fallen {
  symbol: string;
  from: number;
  decided: number;
  cause: string;
  sinceMs: number;
}

export interface Tier {
  name: string;
  known: number;
  selected: number;
}

/** Of a path, in seconds. */
export interface Latency {
  mean: number;
  p50: number;
  p99: number;
  count: number;
}

export interface PathLatencies {
  linear: Latency;
  multiChannel: Latency;
  added: Latency;
  pairs: number;
  wins: number;
}

export interface Metrics {
  records: number;
  requests: number;
  successes: number;
  failures: number;
  fallbacks: number;
  setAside: number;
  errors: number;
  notRolledOut: number;
  failuresByCause: [cause: string, count: number][];
  successRate: number;
  fallbackRate: number;
  channelSuccessRate: number;
  winRate: number;
  /** Positive = the multi-channel path is faster. */
  improvementMs: number;
}

export interface Comparison {
  linear: number;
  multiChannel: number;
  matched: number;
  near: number;
  missing: number;
  extra: number;
  late: number;
  lost: number;
}

export interface Report {
  recommendation: string;
  ready: boolean;
  performance: boolean;
  stability: boolean;
}

export interface Flags {
  switches: Record<string, boolean>;
  percentage: number;
  tickers: string[];
  excluded: string[];
}

export interface Evidence {
  metrics: Metrics;
  comparison: Comparison;
  latency: PathLatencies;
}

export interface Rollout {
  fullyEnabled: boolean;
  flags: Flags;
  phase: Phase;
  /** Id of the incident that holds; null = none. */
  incident: string | null;
  multiChannel: number;
  linear: number;
  tiers: Tier[];
  fallen: Fallen[];
  /** Of this process. */
  total: Evidence;
  /** Since the phase began, over starts of the server. */
  inPhase: Evidence;
  /** Of the fallback monitor; null = too few records to judge by. */
  window: { errorPercent: number; meanMs: number } | null;
  differences: number;
  /** Why evidence, audit and incidents are not kept on disk; empty = they are. */
  diskFailure: string;
  report: Report;
}

export type RolloutPage = { installed: false; how: string } | { installed: true; rollout: Rollout };

const words = (value: unknown): string[] => list(value).map(text);
const nullable = (value: unknown): number | null =>
  value === null || value === undefined ? null : number(value);

function readPhase(value: unknown): Phase {
  const phase = object(value);
  return {
    number: number(phase.number),
    name: text(phase.name),
    description: text(phase.description),
    sinceMs: millis(phase.since),
    durationHours: nullable(phase.duration_hours),
    elapsedHours: number(phase.elapsed_hours),
    criteria: list(phase.criteria).map((each) => {
      const criterion = object(each);
      return {
        name: text(criterion.name),
        text: text(criterion.text),
        value: number(criterion.value),
        limit: number(criterion.limit),
        unit: text(criterion.unit),
        met: criterion.met === true,
      };
    }),
    canAdvance: phase.can_advance === true,
    refusal: text(phase.refusal),
  };
}

function readLatency(value: unknown): Latency {
  const latency = object(value);
  const seconds = (us: unknown): number => number(us) / 1e6;
  return {
    mean: seconds(latency.mean_us),
    p50: seconds(latency.p50_us),
    p99: seconds(latency.p99_us),
    count: number(latency.count),
  };
}

function readEvidence(answer: Json): Evidence {
  const metrics = object(answer.metrics);
  const comparison = object(answer.comparison);
  const latency = object(answer.latency);
  return {
    metrics: {
      records: number(metrics.records),
      requests: number(metrics.channel_requests),
      successes: number(metrics.channel_successes),
      failures: number(metrics.channel_failures),
      fallbacks: number(metrics.legacy_fallbacks),
      setAside: number(metrics.set_aside),
      errors: number(metrics.errors),
      notRolledOut: number(metrics.not_rolled_out),
      failuresByCause: Object.entries(object(metrics.failures_by_cause)).map(([cause, n]) => [
        cause,
        number(n),
      ]),
      successRate: number(metrics.success_rate_percent),
      fallbackRate: number(metrics.fallback_rate_percent),
      channelSuccessRate: number(metrics.channel_success_rate),
      winRate: number(metrics.channel_win_rate),
      improvementMs: number(metrics.avg_time_improvement_ms),
    },
    comparison: {
      linear: number(comparison.linear),
      multiChannel: number(comparison.multi_channel),
      matched: number(comparison.matched),
      near: number(comparison.near),
      missing: number(comparison.missing),
      extra: number(comparison.extra),
      late: number(comparison.late),
      lost: number(comparison.lost),
    },
    latency: {
      linear: readLatency(latency.linear),
      multiChannel: readLatency(latency.multi_channel),
      added: readLatency(latency.added),
      pairs: number(latency.pairs),
      wins: number(latency.wins),
    },
  };
}

function readFlags(value: unknown): Flags {
  const flags = object(value);
  const switches = Object.entries(flags).filter(([, on]) => typeof on === 'boolean');
  return {
    switches: Object.fromEntries(switches) as Record<string, boolean>,
    percentage: number(flags.rollout_percentage),
    tickers: words(flags.rollout_tickers),
    excluded: words(flags.excluded_tickers),
  };
}

export function readRollout(json: unknown): RolloutPage {
  const answer = object(json);
  if (answer.installed !== true) {
    return { installed: false, how: text(answer.how) };
  }
  const symbols = object(answer.symbols);
  const window = object(answer.window);
  const report = object(answer.report);
  const readiness = object(report.rollout_readiness);
  return {
    installed: true,
    rollout: {
      fullyEnabled: answer.fully_enabled === true,
      flags: readFlags(answer.flags),
      phase: readPhase(answer.phase),
      incident: text(answer.incident) || null,
      multiChannel: number(symbols.multi_channel),
      linear: number(symbols.linear),
      tiers: Object.entries(object(symbols.tiers)).map(([name, each]) => {
        const tier = object(each);
        return { name, known: number(tier.known), selected: number(tier.selected) };
      }),
      fallen: list(symbols.fallen).map((each) => {
        const fallen = object(each);
        return {
          symbol: text(fallen.symbol),
          from: number(fallen.from),
          decided: number(fallen.decided),
          cause: text(fallen.cause),
          sinceMs: millis(fallen.since),
        };
      }),
      total: readEvidence(answer),
      inPhase: readEvidence(object(answer.in_phase)),
      window:
        window.full === true
          ? { errorPercent: number(window.error_percent), meanMs: number(window.mean_ms) }
          : null,
      differences: number(object(answer.comparison).differences_total),
      diskFailure: text(answer.disk_failure),
      report: {
        recommendation: text(report.recommendations),
        ready: readiness.ready_for_next_phase === true,
        performance: readiness.performance_acceptable === true,
        stability: readiness.stability_confirmed === true,
      },
    },
  };
}
