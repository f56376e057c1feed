import { list, millis, number, object, text, type Json } from './read';

/** The parts of the engine around its channels, as /api/v1/status tells them. */

export interface Decision {
  sequence: number;
  kind: string;
  text: string;
  by: string;
  /** Market time; 0 = before there was one. */
  clockMs: number;
  wallMs: number;
}

export interface Shard {
  shard: number;
  symbols: number;
  lagRecords: number;
  lagSeconds: number;
  readingFromFile: boolean;
  meanSeconds: number;
}

export interface Journal {
  /** "writing", "disk_full", "failed"; "none" when there is no journal. */
  state: string;
  reason: string;
  durability: string;
  last: number;
  /** Entries that a crash of the machine could still lose. */
  notDurable: number;
  bytes: number;
  segments: number;
}

export interface Router {
  strategy: string;
  circuit: string;
  successRate: number;
  routed: number;
  errors: number;
  moves: number;
}

export interface Engine {
  draining: boolean;
  shards: Shard[];
  journal: Journal;
  router: Router;
  /** Seconds since the last snapshot; null before one. */
  snapshotAge: number | null;
  snapshotFailures: number;
  shedLevel: number;
  shedPending: number;
  shedCapacity: number;
  shedTotal: number;
  /** How this start found its state again; empty when it began with nothing. */
  recovery: string;
  /** Newest first. */
  decisions: Decision[];
  decisionTotal: number;
}

function readDecision(value: unknown): Decision {
  const decision = object(value);
  return {
    sequence: number(decision.sequence),
    kind: text(decision.kind),
    text: text(decision.text),
    by: text(decision.by),
    clockMs: millis(decision.clock),
    wallMs: millis(decision.wall),
  };
}

function readShard(value: unknown): Shard {
  const shard = object(value);
  return {
    shard: number(shard.shard),
    symbols: number(shard.symbols),
    lagRecords: number(shard.lag_records),
    lagSeconds: number(shard.lag_seconds),
    readingFromFile: shard.reading_from_file === true,
    meanSeconds: number(shard.mean_seconds),
  };
}

function readJournal(value: unknown): Journal {
  const journal = object(value);
  const last = number(journal.last);
  return {
    state: text(journal.state) || 'none',
    reason: text(journal.reason),
    durability: text(journal.durability),
    last,
    notDurable: Math.max(0, last - number(journal.durable)),
    bytes: number(journal.bytes),
    segments: number(journal.segments),
  };
}

function readRouter(value: unknown): Router {
  const router = object(value);
  return {
    strategy: text(router.strategy),
    circuit: text(router.circuit) || 'closed',
    successRate: 'success_rate' in router ? number(router.success_rate) : 100,
    routed: number(router.total_routed),
    errors: number(router.routing_errors),
    moves: number(router.moves),
  };
}

function recoveryWords(value: unknown): string {
  const recovery = object(value);
  if (recovery.done === false) {
    return 'recovering';
  }
  if (recovery.had_journal !== true) {
    return '';
  }
  const from = recovery.had_snapshot === true ? 'a snapshot and ' : '';
  const words = `from ${from}${number(recovery.entries_run).toLocaleString('en-US')} journal entries`;
  return recovery.new_epoch === true
    ? `${words}; new stream: ${text(recovery.why_new_epoch)}`
    : words;
}

export function readEngine(status: Json): Engine {
  const snapshot = object(status.snapshot);
  const shed = object(status.shed);
  return {
    draining: status.draining === true,
    shards: list(status.shard_details).map(readShard),
    journal: readJournal(status.journal),
    router: readRouter(status.router),
    snapshotAge:
      snapshot.age_seconds === null || snapshot.age_seconds === undefined
        ? null
        : number(snapshot.age_seconds),
    snapshotFailures: number(snapshot.failures),
    shedLevel: number(shed.level),
    shedPending: number(shed.pending),
    shedCapacity: number(shed.capacity),
    shedTotal: Object.values(object(shed.by_class)).reduce<number>((sum, n) => sum + number(n), 0),
    recovery: recoveryWords(status.recovery),
    decisions: list(status.decisions).map(readDecision).reverse(),
    decisionTotal: number(status.decision_total),
  };
}
