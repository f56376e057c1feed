import type { ClientOptions, Timers } from '@tickstock/client';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ConnectionState } from './connection';
import { LiveStream } from './live';
import type { Gap } from './protocol';

/** A socket whose server's part the test plays. */
class FakeSocket {
  static all: FakeSocket[] = [];
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  readonly sent: Record<string, unknown>[] = [];
  closed = false;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close(): void {
    this.closed = true;
  }
  open(): void {
    this.onopen?.({} as never);
  }
  say(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) } as never);
  }
  end(code = 1006, reason = ''): void {
    this.onclose?.({ code, reason } as never);
  }
}

/** Timers that run when the test says so. */
class FakeTimers implements Timers {
  time = 0;
  private next = 1;
  private readonly due = new Map<number, { at: number; task: () => void }>();

  now = (): number => this.time;
  setTimeout = (task: () => void, ms: number): number => {
    this.due.set(this.next, { at: this.time + ms, task });
    return this.next++;
  };
  clearTimeout = (timer: unknown): void => void this.due.delete(timer as number);

  async advance(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      const first = [...this.due]
        .filter(([, timer]) => timer.at <= end)
        .sort((a, b) => a[1].at - b[1].at)[0];
      if (first === undefined) {
        break;
      }
      this.due.delete(first[0]);
      this.time = first[1].at;
      first[1].task();
      await settle();
    }
    this.time = end;
  }
}

/** Lets promises that are settled tell it. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

let timers: FakeTimers;
let live: LiveStream;
let tickets: (() => Promise<string>) | null;
let states: ConnectionState[];
/** Events by offset, one list a call. */
let told: number[][];
let snapshots: { offsets: number[]; offset: number }[];
let gaps: Gap[];
let epochs: string[];
let errors: string[];
let others: unknown[];

beforeEach(async () => {
  FakeSocket.all = [];
  timers = new FakeTimers();
  tickets = null;
  [states, told, snapshots, gaps, epochs, errors, others] = [[], [], [], [], [], [], []];
  const options = (): ClientOptions => ({
    url: 'http://h',
    WebSocket: FakeSocket,
    timers,
    random: () => 0,
    ...(tickets !== null && { ticket: tickets }),
  });
  live = new LiveStream(
    options,
    {
      onState: (state) => states.push(state),
      onEvents: (events) => told.push(events.map((entry) => entry.offset)),
      onSnapshot: (events, { offset }) =>
        snapshots.push({ offsets: events.map((entry) => entry.offset), offset }),
      onGap: (gap) => gaps.push(gap),
      onEpoch: (epoch) => epochs.push(epoch),
      onUser: (user, role) => others.push(`${user}/${role}`),
      onUserFilters: (names) => others.push(names),
      onError: (message) => errors.push(message),
    },
    timers.now,
  );
});

const socket = (): FakeSocket => FakeSocket.all.at(-1) as FakeSocket;
const state = (): ConnectionState | undefined => states.at(-1);
const asked = (): Record<string, unknown> =>
  socket()
    .sent.filter((frame) => frame.op === 'subscribe')
    .at(-1) ?? {};
const id = (): string => String(asked().id);

const entry = (offset: number): object => ({
  offset,
  ts_pub: 1718720105123456,
  event: { id: `e${offset}`, rev: 0, type: 'high', ts: 1718720105123456, data: {}, evidence: null },
});
const range = (first: number, last: number): object[] =>
  Array.from({ length: last - first + 1 }, (_, i) => entry(first + i));

async function subscribed(epoch: string, offset: number, recovered: boolean): Promise<void> {
  socket().say({ op: 'subscribed', id: id(), position: { epoch, offset }, recovered });
  await settle();
}
async function events(epoch: string, first: number, last: number): Promise<void> {
  socket().say({ op: 'events', id: id(), epoch, first, last, events: range(first, last) });
  await settle();
}
async function snapshot(epoch: string, offset: number, offsets: number[]): Promise<void> {
  const list = offsets.map(entry);
  socket().say({ op: 'snapshot', id: id(), epoch, offset, more: false, events: list });
  await settle();
}
async function opened(): Promise<void> {
  await settle();
  socket().open();
  await settle();
}
/** At offset 10 of epoch "a". */
async function goLive(): Promise<void> {
  live.start();
  await opened();
  await subscribed('a', 10, false);
  await snapshot('a', 10, [3, 9]);
}

describe('the page’s stream', () => {
  it('takes a snapshot, then the events of each frame together', async () => {
    await goLive();
    expect(asked().since).toBe('snapshot');
    await events('a', 11, 13);
    await events('a', 14, 14);
    expect(epochs).toEqual(['a']);
    expect(snapshots).toEqual([{ offsets: [3, 9], offset: 10 }]);
    expect(told).toEqual([[11, 12, 13], [14]]);
    expect(state()).toEqual({ kind: 'live' });
    expect(gaps).toEqual([]);
  });

  it('resumes after a lost line, without a gap', async () => {
    await goLive();
    await events('a', 11, 12);
    socket().end(3001, 'shutting_down');
    expect(state()).toEqual({
      kind: 'waiting',
      attempt: 1,
      retryAt: 1000,
      code: 3001,
      reason: 'shutting_down',
    });
    await timers.advance(1000);
    await opened();
    expect(asked().since).toEqual({ epoch: 'a', offset: 12 });
    await subscribed('a', 12, true);
    await events('a', 13, 13);
    expect(told).toEqual([[11, 12], [13]]);
    expect(gaps).toEqual([]);
  });

  it('tells the events before the gap that follows them', async () => {
    await goLive();
    const order: string[] = [];
    const push = told.push.bind(told);
    told.push = (...lists) => (order.push(`events ${lists}`), push(...lists));
    gaps.push = () => order.push('gap');
    const frame = { op: 'events', id: id(), epoch: 'a', first: 11, last: 11, events: [entry(11)] };
    socket().say(frame);
    socket().say({ op: 'gap', id: id(), epoch: 'a', from: 12, to: 20, reason: 'evicted' });
    await settle();
    expect(order).toEqual(['events 11', 'gap']);
  });

  it('takes a fresh snapshot of another stream, and calls one gap a gap', async () => {
    await goLive();
    socket().end();
    await timers.advance(1000);
    await opened();
    const resumed = id();
    socket().say({
      op: 'subscribed',
      id: resumed,
      position: { epoch: 'b', offset: 500 },
      recovered: false,
      reason: 'epoch_changed',
    });
    await settle();
    await timers.advance(1000);
    expect(asked()).toMatchObject({ since: 'snapshot' });
    expect(id()).not.toBe(resumed);
    await subscribed('b', 505, false);
    await snapshot('b', 505, [400]);
    await events('b', 506, 506);
    expect(gaps).toEqual([{ epoch: 'a', from: 11, to: null, reason: 'epoch_changed' }]);
    expect(epochs).toEqual(['a', 'b']);
    expect(told).toEqual([[506]]);
  });

  it('enters a stream that begins anew under the living line', async () => {
    await goLive();
    socket().say({ op: 'gap', id: id(), epoch: 'a', from: 11, to: null, reason: 'epoch_changed' });
    await events('b', 1, 2);
    expect(epochs).toEqual(['a', 'b']);
    expect(told).toEqual([[1, 2]]);
    expect(gaps).toEqual([{ epoch: 'a', from: 11, to: null, reason: 'epoch_changed' }]);
  });
});

describe('a person', () => {
  it('need not wait for the next attempt', async () => {
    await goLive();
    socket().end();
    live.retryNow();
    await settle();
    expect(FakeSocket.all.length).toBe(2);
    expect(state()).toEqual({ kind: 'connecting', attempt: 1 });
  });

  it('goes on after a final close where the stream stood', async () => {
    await goLive();
    await events('a', 11, 12);
    socket().end(3504, 'user_connection_limit');
    await timers.advance(600_000);
    expect(FakeSocket.all.length).toBe(1);
    expect(state()).toEqual({ kind: 'stopped', code: 3504, reason: 'user_connection_limit' });
    live.retryNow();
    await opened();
    expect(FakeSocket.all.length).toBe(2);
    expect(asked().since).toEqual({ epoch: 'a', offset: 12 });
    await subscribed('a', 12, true);
    await events('a', 13, 13);
    expect(told).toEqual([[11, 12], [13]]);
    expect(epochs).toEqual(['a']);
  });

  it('is told with a ticket, and what he filters', async () => {
    let asks = 0;
    tickets = () => Promise.resolve(`tkt_${++asks}`);
    live.start();
    await opened();
    expect(socket().sent).toEqual([{ op: 'auth', ticket: 'tkt_1' }]);
    socket().say({ op: 'authenticated', user: 'ann', role: 'trader', expires: null });
    await settle();
    socket().say({ op: 'user_filters', filters: ['noon'] });
    expect(others).toEqual(['ann/trader', ['noon']]);
    expect(state()).toEqual({ kind: 'live' });
  });
});

it('says what the server did wrong, and comes back', async () => {
  await goLive();
  socket().onmessage?.({ data: '{"op":' } as never);
  expect(errors.length).toBe(1);
  expect(state()).toMatchObject({ kind: 'waiting' });
});

it('leaves no socket behind when stopped', async () => {
  await goLive();
  live.stop();
  expect(socket().closed).toBe(true);
  await timers.advance(600_000);
  expect(FakeSocket.all.length).toBe(1);
});
