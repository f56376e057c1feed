import { list, millis, number, object, text, type Json } from './read';

/** What stands around the engine, as /api/v1/status tells it: feeds, storage, threads, process. */

/** A live feed's connections and what it missed; null of other sources. */
export interface FeedCounts {
  connections: number;
  gaps: number;
  recovered: number;
  duplicates: number;
  outOfOrder: number;
  backfilled: number;
  backfillFailed: number;
  suspectedMissing: number;
}

export interface Feed {
  name: string;
  detail: string;
  state: string;
  required: boolean;
  speed: number;
  /** The newest record's own time; 0 before one. */
  lastRecordMs: number;
  rowsIn: number;
  rowsDropped: number;
  switches: number;
  feed: FeedCounts | null;
}

export interface Storage {
  state: string;
  database: string;
  /** Events that are not stored yet. */
  behind: number;
  events: number;
  transactions: number;
  recordsPerTransaction: number;
  errors: number;
  lastError: string;
  /** Wall time of the last batch; 0 before one. */
  lastBatchMs: number;
  lastBatchSeconds: number;
}

export interface Thread {
  name: string;
  cpuSeconds: number;
}

export interface Snapshot {
  sequence: number;
  tookSeconds: number;
  bytes: number;
  count: number;
  failures: number;
  lastError: string;
}

export interface Clients {
  websocket: number;
  sse: number;
  socketio: number;
  http: number;
  subscriptions: number;
  refused: number;
  gaps: number;
  /** From publication to the end of the write; null while there was none. */
  delayP50: number | null;
  delayP99: number | null;
}

export interface Recovery {
  /** '' = this start began with nothing. */
  from: '' | 'journal' | 'snapshot';
  entries: number;
  tookSeconds: number;
  recoveredThrough: number;
  tornBytes: number;
  notes: string[];
}

export interface Machine {
  uptimeSeconds: number;
  feeds: Feed[];
  /** Null while storage is off. */
  storage: Storage | null;
  threads: Thread[];
  snapshot: Snapshot;
  recovery: Recovery;
  clients: Clients;
  residentBytes: number;
  openFiles: number;
}

function readFeed(value: unknown): Feed {
  const source = object(value);
  const rows = object(source.rows);
  const dropped = Object.values(object(rows.dropped));
  const feed = object(source.feed);
  return {
    name: text(source.name),
    detail: text(source.detail),
    state: text(source.state),
    required: source.required === true,
    speed: number(source.speed),
    lastRecordMs: millis(source.last_record),
    rowsIn: number(rows.in),
    rowsDropped: dropped.reduce<number>((sum, count) => sum + number(count), 0),
    switches: number(source.switches),
    feed:
      source.feed === null || source.feed === undefined
        ? null
        : {
            connections: Array.isArray(feed.connections)
              ? feed.connections.length
              : number(feed.connections),
            gaps: number(feed.gaps),
            recovered: number(feed.recovered),
            duplicates: number(feed.duplicates),
            outOfOrder: number(feed.out_of_order),
            backfilled: number(feed.backfilled),
            backfillFailed: number(feed.backfill_failed),
            suspectedMissing: number(feed.suspected_missing),
          },
  };
}

function readStorage(value: unknown): Storage | null {
  if (value === null || value === undefined) {
    return null;
  }
  const storage = object(value);
  return {
    state: text(storage.state),
    database: text(storage.database),
    behind: number(storage.behind),
    events: number(storage.events),
    transactions: number(storage.transactions),
    recordsPerTransaction: number(storage.records_per_transaction),
    errors: number(storage.errors),
    lastError: text(storage.last_error),
    lastBatchMs: millis(storage.last_batch_at),
    lastBatchSeconds: number(storage.last_batch_seconds),
  };
}

function readRecovery(value: unknown): Recovery {
  const recovery = object(value);
  const had = recovery.had_snapshot === true ? 'snapshot' : 'journal';
  return {
    from: recovery.had_journal === true ? had : '',
    entries: number(recovery.entries_run),
    tookSeconds: number(recovery.took_seconds),
    recoveredThrough: number(recovery.recovered_through),
    tornBytes: number(recovery.torn_bytes),
    notes: list(recovery.notes).map(text),
  };
}

function readClients(value: unknown): Clients {
  const clients = object(value);
  const delay = (name: string): number | null =>
    typeof clients[name] === 'number' && number(clients.frames_out) > 0
      ? number(clients[name]) / 1e6
      : null;
  return {
    websocket: number(clients.websocket),
    sse: number(clients.sse),
    socketio: number(clients.socketio),
    http: number(clients.http),
    subscriptions: number(clients.subscriptions),
    refused: number(clients.refused),
    gaps: number(clients.gaps),
    delayP50: delay('delay_p50_us'),
    delayP99: delay('delay_p99_us'),
  };
}

export function readMachine(status: Json): Machine {
  const snapshot = object(status.snapshot);
  const process = object(status.process);
  return {
    uptimeSeconds: number(status.uptime_seconds),
    feeds: list(status.sources).map(readFeed),
    storage: readStorage(status.storage),
    threads: list(status.threads).map((each) => {
      const thread = object(each);
      return { name: text(thread.name), cpuSeconds: number(thread.cpu_seconds) };
    }),
    snapshot: {
      sequence: number(snapshot.sequence),
      tookSeconds: number(snapshot.took_seconds),
      bytes: number(snapshot.bytes),
      count: number(snapshot.count),
      failures: number(snapshot.failures),
      lastError: text(snapshot.last_error),
    },
    recovery: readRecovery(status.recovery),
    clients: readClients(status.clients),
    residentBytes: number(process.resident_bytes),
    openFiles: number(process.open_fds),
  };
}
