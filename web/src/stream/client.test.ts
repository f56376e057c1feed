import { beforeEach, describe, expect, it } from 'vitest';
import { Backoff } from './backoff';
import { StreamClient } from './client';
import type { ConnectionState } from './connection';
import { FakeSocket, FakeTime } from './fake-socket';
import type { Gap, StreamEvent } from './protocol';

let sockets: FakeSocket[];
let time: FakeTime;
let client: StreamClient;
let states: ConnectionState[];
let offsets: number[];
let snapshots: { offsets: number[]; done: boolean }[];
let gaps: Gap[];
let epochs: string[];
let errors: string[];

const event = (offset: number): StreamEvent =>
  ({ offset, ts_pub: 1, event: { id: `e${offset}`, rev: 0 } }) as unknown as StreamEvent;
const range = (first: number, last: number): StreamEvent[] =>
  Array.from({ length: last - first + 1 }, (_, i) => event(first + i));

beforeEach(() => {
  sockets = [];
  time = new FakeTime();
  states = [];
  offsets = [];
  snapshots = [];
  gaps = [];
  epochs = [];
  errors = [];
  client = new StreamClient({
    createSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    backoff: new Backoff(1000, 8000, () => 1),
    now: () => time.now,
    setTimer: (task, ms) => time.set(task, ms),
    clearTimer: (timer) => time.clear(timer as number),
    handlers: {
      onState: (state) => states.push(state),
      onEvents: (events) => offsets.push(...events.map((entry) => entry.offset)),
      onSnapshot: (events, _position, done) =>
        snapshots.push({ offsets: events.map((entry) => entry.offset), done }),
      onGap: (gap) => gaps.push(gap),
      onEpoch: (epoch) => epochs.push(epoch),
      onError: (code) => errors.push(code),
    },
  });
  client.start();
});

const socket = (): FakeSocket => sockets[sockets.length - 1] as FakeSocket;
const lastSent = (): Record<string, unknown> => socket().sent[socket().sent.length - 1] ?? {};
const id = (): string => String(lastSent().id);
const state = (): ConnectionState | undefined => states[states.length - 1];

function subscribed(epoch: string, offset: number, recovered: boolean, reason?: string): void {
  const position = { epoch, offset };
  socket().say({ op: 'subscribed', id: id(), position, recovered, reason: reason ?? null });
}

function snapshot(epoch: string, offset: number, events: StreamEvent[] = [], more = false): void {
  socket().say({ op: 'snapshot', id: id(), epoch, offset, more, events });
}

function events(epoch: string, first: number, last: number, some = range(first, last)): void {
  socket().say({ op: 'events', id: id(), epoch, first, last, events: some });
}

/** Opened, snapshot taken, at offset 10 of epoch "a". */
function goLive(): void {
  socket().open();
  subscribed('a', 10, false);
  snapshot('a', 10, [event(3), event(9)]);
}

describe('a first connection', () => {
  it('asks for a snapshot and then takes the stream', () => {
    socket().open();
    expect(lastSent()).toEqual({ op: 'subscribe', id: 'tape-1', since: 'snapshot' });
    subscribed('a', 10, false);
    snapshot('a', 10, [event(3)], true);
    snapshot('a', 10, [event(9)]);
    events('a', 11, 12);
    expect(epochs).toEqual(['a']);
    expect(snapshots).toEqual([
      { offsets: [3], done: false },
      { offsets: [9], done: true },
    ]);
    expect(offsets).toEqual([11, 12]);
    expect(gaps).toEqual([]);
    expect(state()).toEqual({ kind: 'live' });
  });

  it('asks for the snapshot again when the line drops in the middle of it', () => {
    socket().open();
    subscribed('a', 10, false);
    snapshot('a', 10, [event(3)], true);
    socket().drop();
    time.advance(1000);
    socket().open();
    expect(lastSent().since).toBe('snapshot');
  });
});

describe('the stream', () => {
  it('takes each offset once', () => {
    goLive();
    events('a', 11, 13);
    events('a', 12, 15);
    expect(offsets).toEqual([11, 12, 13, 14, 15]);
  });

  it('moves on with a bookmark and does not call it a loss', () => {
    goLive();
    events('a', 11, 500, []);
    events('a', 501, 501);
    expect(offsets).toEqual([501]);
    expect(gaps).toEqual([]);
  });

  it('reports offsets that were skipped without a word', () => {
    goLive();
    events('a', 11, 11);
    events('a', 14, 14);
    expect(gaps).toEqual([{ epoch: 'a', from: 12, to: 13, reason: 'missing' }]);
  });

  it('reports a gap that the server names, once', () => {
    goLive();
    socket().say({ op: 'gap', id: id(), epoch: 'a', from: 11, to: 40, reason: 'evicted' });
    events('a', 41, 41);
    expect(gaps).toEqual([{ epoch: 'a', from: 11, to: 40, reason: 'evicted' }]);
    expect(offsets).toEqual([41]);
  });

  it('enters a new epoch under a living connection', () => {
    goLive();
    socket().say({ op: 'gap', id: id(), epoch: 'a', from: 11, to: null, reason: 'epoch_changed' });
    events('b', 1, 2);
    expect(epochs).toEqual(['a', 'b']);
    expect(offsets).toEqual([1, 2]);
    expect(gaps).toEqual([{ epoch: 'a', from: 11, to: null, reason: 'epoch_changed' }]);
  });

  it('ignores frames of another subscription', () => {
    goLive();
    socket().say({ op: 'events', id: 'old', epoch: 'a', first: 11, last: 11, events: [event(11)] });
    expect(offsets).toEqual([]);
  });

  it('survives a frame that is no JSON and passes on errors', () => {
    goLive();
    socket().onmessage?.({ data: '{"op":' });
    socket().say({ op: 'error', code: 'bad_request', message: 'no' });
    events('a', 11, 11);
    expect(errors).toEqual(['bad_frame', 'bad_request']);
    expect(offsets).toEqual([11]);
  });
});

describe('a lost line', () => {
  it('resumes after the last offset, without a gap', () => {
    goLive();
    events('a', 11, 12);
    socket().drop(3001, 'shutting_down');
    expect(state()).toMatchObject({ kind: 'waiting', attempt: 1, retryAt: 1000, code: 3001 });
    time.advance(1000);
    expect(sockets.length).toBe(2);
    socket().open();
    expect(lastSent().since).toEqual({ epoch: 'a', offset: 12 });
    subscribed('a', 12, true);
    events('a', 13, 14);
    expect(offsets).toEqual([11, 12, 13, 14]);
    expect(epochs).toEqual(['a']);
    expect(gaps).toEqual([]);
  });

  it('waits longer from attempt to attempt, and anew after a success', () => {
    goLive();
    socket().drop();
    time.advance(1000);
    socket().drop();
    expect(state()).toMatchObject({ kind: 'waiting', retryAt: 3000 });
    time.advance(1999);
    expect(sockets.length).toBe(2);
    time.advance(1);
    expect(sockets.length).toBe(3);
    socket().open();
    subscribed('a', 10, true);
    socket().drop();
    expect(state()).toMatchObject({ kind: 'waiting', attempt: 1, retryAt: 4000 });
  });

  it('tells what was evicted meanwhile and goes on', () => {
    goLive();
    socket().drop();
    time.advance(1000);
    socket().open();
    subscribed('a', 90, false, 'evicted');
    socket().say({ op: 'gap', id: id(), epoch: 'a', from: 11, to: 90, reason: 'evicted' });
    events('a', 91, 92);
    expect(gaps).toEqual([{ epoch: 'a', from: 11, to: 90, reason: 'evicted' }]);
    expect(offsets).toEqual([91, 92]);
  });

  it('takes a snapshot of another epoch and drops what was left of the first try', () => {
    goLive();
    socket().drop();
    time.advance(1000);
    socket().open();
    const resumed = id();
    subscribed('b', 0, false, 'epoch_changed');
    expect(socket().sent.slice(-2)).toEqual([
      { op: 'unsubscribe', id: resumed },
      { op: 'subscribe', id: 'tape-3', since: 'snapshot' },
    ]);
    socket().say({
      op: 'gap',
      id: resumed,
      epoch: 'a',
      from: 11,
      to: null,
      reason: 'epoch_changed',
    });
    socket().say({ op: 'events', id: resumed, epoch: 'b', first: 1, last: 1, events: [event(1)] });
    subscribed('b', 5, false);
    snapshot('b', 5, [event(4)]);
    events('b', 6, 6);
    expect(gaps).toEqual([{ epoch: 'a', from: 11, to: null, reason: 'epoch_changed' }]);
    expect(epochs).toEqual(['a', 'b']);
    expect(offsets).toEqual([6]);
  });

  it('does not come back after a terminal close, unless a person asks', () => {
    goLive();
    socket().drop(3500, 'auth_required');
    expect(state()).toEqual({ kind: 'stopped', code: 3500, reason: 'auth_required' });
    time.advance(60_000);
    expect(sockets.length).toBe(1);
    client.retryNow();
    expect(sockets.length).toBe(2);
  });

  it('does not wait when a person asks', () => {
    goLive();
    socket().drop();
    client.retryNow();
    expect(sockets.length).toBe(2);
    time.advance(1500);
    client.retryNow();
    expect(sockets.length).toBe(2);
  });

  it('notices silence: heartbeats keep the line, their absence ends it', () => {
    goLive();
    for (let i = 0; i < 10; ++i) {
      time.advance(2000);
      socket().say({ op: 'heartbeat', epoch: 'a', offset: 10 });
    }
    expect(sockets.length).toBe(1);
    time.advance(7000);
    expect(socket().closedWith).toBe(3000);
    expect(state()).toMatchObject({ kind: 'waiting', reason: 'no heartbeat' });
    time.advance(1000);
    expect(sockets.length).toBe(2);
  });

  it('leaves no timer and no socket behind when stopped', () => {
    goLive();
    client.stop();
    expect(socket().closedWith).toBe(1000);
    time.advance(60_000);
    expect(sockets.length).toBe(1);
  });
});
