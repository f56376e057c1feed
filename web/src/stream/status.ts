import { readEngine, type Engine } from './engine';
import { readHeldBack, type HeldBack } from './held';
import { readMachine, type Machine } from './machine';
import { list, millis, number, object, text } from './read';

/** /api/v1/status as the page uses it: flat, with every number present or null. */

export interface StageStatus {
  name: string;
  in: number;
  out: number;
  held: number;
  /** Reasons that occurred, most frequent first. */
  dropped: [reason: string, count: number][];
  droppedTotal: number;
  /** in = out + held + Σ dropped */
  closes: boolean;
}

export interface ChannelStatus {
  name: string;
  status: string;
  healthy: boolean;
  recordsPerSecond: number;
  queueSize: number;
  queueLimit: number;
  processed: number;
  events: number;
  errors: number;
  timedOut: number;
  /** Why it is not healthy; empty while it is. */
  whyUnhealthy: string[];
  statusReason: string;
  circuit: string;
  /** Kept while the channel is paused or in error. */
  parked: number;
  /** Five returns did not help: a person must resume it. */
  failed: boolean;
  /** Of a batch with its wait since the start, seconds; null before any record. */
  p50: number | null;
  p95: number | null;
  p99: number | null;
  /** Seconds that the oldest record in the queue has waited. */
  oldestSeconds: number;
  /** Times that a detector failed on a record. */
  deadLetters: number;
  circuitTrips: number;
  /** Percent of processed records without an error; null before any. */
  successRate: number | null;
}

export interface SourceStatus {
  name: string;
  detail: string;
  state: string;
  speed: number;
}

export interface Status {
  ready: boolean;
  version: string;
  clockMs: number;
  session: string;
  period: string;
  symbols: number;
  recordsPerSecond: number;
  recordsPerSecondPeak: number;
  clients: number | null;
  channels: ChannelStatus[];
  stages: StageStatus[];
  closes: boolean;
  sources: SourceStatus[];
  /** Counts since the server's start. */
  eventsByType: Readonly<Record<string, number>>;
  held: HeldBack;
  engine: Engine;
  machine: Machine;
}

function readStage(name: string, value: unknown): StageStatus {
  const stage = object(value);
  const dropped = Object.entries(object(stage.dropped))
    .map(([reason, count]): [string, number] => [reason, number(count)])
    .filter(([, count]) => count > 0)
    .sort((a, b) => b[1] - a[1]);
  const droppedTotal = dropped.reduce((sum, [, count]) => sum + count, 0);
  const [entered, out, held] = [number(stage.in), number(stage.out), number(stage.held)];
  const closes = entered === out + held + droppedTotal;
  return { name, in: entered, out, held, dropped, droppedTotal, closes };
}

function readChannel(value: unknown): ChannelStatus {
  const channel = object(value);
  const processed = number(channel.records);
  const errors = number(channel.errors);
  const times = object(channel.batch_seconds);
  return {
    name: text(channel.name),
    status: text(channel.status),
    healthy: channel.healthy === true,
    recordsPerSecond: number(channel.records_per_second),
    queueSize: number(channel.queue_size),
    queueLimit: number(channel.queue_limit),
    processed,
    events: number(channel.events),
    errors,
    timedOut: number(channel.timed_out),
    whyUnhealthy: list(channel.why_unhealthy).map(text),
    statusReason: text(channel.status_reason),
    circuit: text(channel.circuit) || 'closed',
    parked: number(channel.parked),
    failed: channel.failed === true,
    p50: number(times.count) > 0 ? number(times.p50) : null,
    p95: number(times.count) > 0 ? number(times.p95) : null,
    p99: number(times.count) > 0 ? number(times.p99) : null,
    oldestSeconds: number(channel.oldest_seconds),
    deadLetters: number(channel.dead_letter_total),
    circuitTrips: number(channel.circuit_trips),
    successRate: processed > 0 ? 100 * (1 - errors / processed) : null,
  };
}

function readSource(value: unknown): SourceStatus {
  const source = object(value);
  return {
    name: text(source.name),
    detail: text(source.detail),
    state: text(source.state),
    speed: number(source.speed),
  };
}

/** Takes any JSON; what is absent reads as zero or empty, so that a page never fails on it. */
export function readStatus(json: unknown): Status {
  const status = object(json);
  const accounting = object(status.accounting);
  const stages = Object.entries(accounting)
    .filter(([name]) => name !== 'closes')
    .map(([name, value]) => readStage(name, value));
  const rates = object(status.rates);
  const clients = object(status.clients);
  return {
    ready: status.ready === true,
    version: text(status.version),
    clockMs: millis(status.clock),
    session: text(status.session),
    period: text(status.period),
    symbols: number(status.symbols),
    recordsPerSecond: number(rates.records_per_second),
    recordsPerSecondPeak: number(rates.records_per_second_peak),
    clients: 'websocket' in clients ? number(clients.websocket) : null,
    channels: list(status.channels).map(readChannel),
    stages,
    closes: accounting.closes !== false && stages.every((stage) => stage.closes),
    sources: list(status.sources).map(readSource),
    eventsByType: Object.fromEntries(
      Object.entries(object(status.events_by_type)).map(([type, n]) => [type, number(n)]),
    ),
    held: readHeldBack(status),
    engine: readEngine(status),
    machine: readMachine(status),
  };
}
