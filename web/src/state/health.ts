import { list, millis, number, object, text } from '../stream/read';

/** /api/v1/dashboard and /api/v1/channels/{name}/debug as the health page uses them. */

export interface Overview {
  /** READY, DEGRADED, NOT_READY. */
  status: string;
  uptimeSeconds: number;
  uptimePercent: number;
  memoryBytes: number;
  memoryLimitBytes: number;
  /** Of one processor. */
  cpuPercent: number;
  totalProcessed: number;
  eventsPerSecond: number;
  eventsPerSecondPeak: number;
  recordsPerSecond: number;
  activeSymbols: [channel: string, count: number][];
  clients: number;
  routerSuccess: number;
  routerErrors: number;
  routerCircuit: string;
}

/** Recent figures of a channel; seconds, null while there are none. */
export interface ChannelDetail {
  name: string;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  successRate: number | null;
  meanConfidence: number | null;
}

export interface HealthPage {
  overview: Overview;
  channels: ChannelDetail[];
  thresholds: [name: string, value: number][];
}

const optional = (value: unknown): number | null =>
  value === null || value === undefined ? null : number(value);
const seconds = (value: unknown): number | null => {
  const ms = optional(value);
  return ms === null ? null : ms / 1000;
};

function readDetail(value: unknown): ChannelDetail {
  const channel = object(value);
  return {
    name: text(channel.type) || text(channel.name),
    p50: seconds(channel.p50_ms),
    p95: seconds(channel.p95_ms),
    p99: seconds(channel.p99_ms),
    successRate: optional(channel.success_rate),
    meanConfidence: optional(channel.mean_confidence),
  };
}

export function readHealth(json: unknown): HealthPage {
  const answer = object(json);
  const overview = object(answer.system_overview);
  const router = object(overview.router);
  return {
    overview: {
      status: text(overview.status),
      uptimeSeconds: number(overview.uptime_seconds),
      uptimePercent: number(overview.uptime_percent),
      memoryBytes: number(overview.memory_used_bytes),
      memoryLimitBytes: number(overview.memory_limit_bytes),
      cpuPercent: number(overview.cpu_percent),
      totalProcessed: number(overview.total_processed),
      eventsPerSecond: number(overview.events_per_second),
      eventsPerSecondPeak: number(overview.events_per_second_peak),
      recordsPerSecond: number(overview.records_per_second),
      activeSymbols: Object.entries(object(overview.active_symbols)).map(([name, n]) => [
        name,
        number(n),
      ]),
      clients: number(overview.websocket_clients),
      routerSuccess: 'success_rate' in router ? number(router.success_rate) : 100,
      routerErrors: number(router.errors),
      routerCircuit: text(router.circuit),
    },
    channels: list(answer.channel_details).map(readDetail),
    thresholds: Object.entries(object(answer.performance_thresholds))
      .filter(([, value]) => typeof value === 'number')
      .map(([name, value]) => [name, number(value)]),
  };
}

export interface SlowRecord {
  sequence: number;
  symbol: string;
  clockMs: number;
  seconds: number;
  records: number;
}
export interface DeadLetter {
  detector: string;
  symbol: string;
  sequence: number;
  tsMs: number;
  reason: string;
}
export interface ChannelError {
  sequence: number;
  clockMs: number;
  text: string;
}
export interface CircuitChange {
  sequence: number;
  clockMs: number;
  circuit: string;
  to: string;
  reason: string;
}

/** All newest first, but the slowest, which are slowest first. */
export interface ChannelDebug {
  oldestSeconds: number;
  slowest: SlowRecord[];
  deadLetters: DeadLetter[];
  errors: ChannelError[];
  circuits: CircuitChange[];
}

export function readDebug(json: unknown): ChannelDebug {
  const answer = object(json);
  const newest = <T>(value: unknown, read: (each: unknown) => T): T[] =>
    list(value).map(read).reverse();
  return {
    oldestSeconds: number(answer.oldest_seconds),
    slowest: list(answer.slowest).map((each) => {
      const slow = object(each);
      return {
        sequence: number(slow.sequence),
        symbol: text(slow.symbol),
        clockMs: millis(slow.clock),
        seconds: number(slow.seconds),
        records: number(slow.records),
      };
    }),
    deadLetters: newest(answer.dead_letters, (each) => {
      const letter = object(each);
      return {
        detector: text(letter.detector),
        symbol: text(letter.symbol),
        sequence: number(letter.sequence),
        tsMs: millis(letter.ts),
        reason: text(letter.reason),
      };
    }),
    errors: newest(answer.last_errors, (each) => {
      const error = object(each);
      return {
        sequence: number(error.sequence),
        clockMs: millis(error.clock),
        text: text(error.text),
      };
    }),
    circuits: newest(answer.circuit_history, (each) => {
      const change = object(each);
      return {
        sequence: number(change.sequence),
        clockMs: millis(change.clock),
        circuit: text(change.circuit),
        to: text(change.to),
        reason: text(change.reason),
      };
    }),
  };
}

/** Thresholds by what they are of, with a unit: "latency p99" "50 ms". */
export function thresholdWords(name: string, value: number): { name: string; text: string } {
  const units: [suffix: string, text: (value: number) => string][] = [
    ['_ms', (ms) => `${ms} ms`],
    ['_percent', (percent) => `${percent} %`],
    ['_seconds', (s) => `${s} s`],
    ['_bytes', (bytes) => `${(bytes / 1e9).toFixed(2)} GB`],
  ];
  const unit = units.find(([suffix]) => name.endsWith(suffix));
  const words = (unit === undefined ? name : name.slice(0, -unit[0].length)).replaceAll('_', ' ');
  return { name: words, text: unit === undefined ? String(value) : unit[1](value) };
}
