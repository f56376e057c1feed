import { beforeEach, describe, expect, it } from 'vitest';
import { Backoff } from './backoff';
import { StreamClient } from './client';
import type { ConnectionState } from './connection';
import { FakeSocket, FakeTime } from './fake-socket';

let sockets: FakeSocket[];
let time: FakeTime;
let client: StreamClient;
let states: ConnectionState[];
let errors: string[];
let known: string[];
let userFilters: string[][];
/** How the next tickets turn out, one an attempt. */
let tickets: ((give: (ticket: string) => void, refuse: (error: Error) => void) => void)[];
let asked: number;

const give =
  (ticket: string) =>
  (resolve: (ticket: string) => void): void =>
    resolve(ticket);

beforeEach(() => {
  sockets = [];
  time = new FakeTime();
  states = [];
  errors = [];
  known = [];
  userFilters = [];
  tickets = [];
  asked = 0;
  client = new StreamClient({
    createSocket: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    ticket: () => new Promise(tickets[asked++] ?? give(`tkt_${asked}`)),
    backoff: new Backoff(1000, 8000, () => 1),
    now: () => time.now,
    setTimer: (task, ms) => time.set(task, ms),
    clearTimer: (timer) => time.clear(timer as number),
    handlers: {
      onState: (state) => states.push(state),
      onEvents: () => undefined,
      onSnapshot: () => undefined,
      onGap: () => undefined,
      onEpoch: () => undefined,
      onAuthenticated: (user, role) => known.push(`${user}/${role}`),
      onUserFilters: (names) => userFilters.push(names),
      onError: (code) => errors.push(code),
    },
  });
});

const socket = (): FakeSocket => sockets[sockets.length - 1] as FakeSocket;
const state = (): ConnectionState | undefined => states[states.length - 1];
/** Lets promises that are settled tell it. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const authenticated = { op: 'authenticated', user: 'ann', role: 'trader', expires: null };

async function goLive(): Promise<void> {
  client.start();
  await settle();
  socket().open();
  socket().say(authenticated);
  subscribed();
}

function subscribed(more: Record<string, unknown> = {}): void {
  const id = socket().sent[socket().sent.length - 1]?.id;
  const position = { epoch: 'a', offset: 10 };
  socket().say({ op: 'subscribed', id, position, recovered: false, reason: null, ...more });
}

describe('a connection to a server that wants to know who this is', () => {
  it('gets a ticket, sends it first, and subscribes once it is known', async () => {
    client.start();
    expect(sockets).toEqual([]);
    await settle();
    socket().open();
    expect(socket().sent).toEqual([{ op: 'auth', ticket: 'tkt_1' }]);
    socket().say(authenticated);
    expect(known).toEqual(['ann/trader']);
    expect(socket().sent.slice(1)).toEqual([{ op: 'subscribe', id: 'tape-1', since: 'snapshot' }]);
    subscribed();
    expect(state()).toEqual({ kind: 'live' });
  });

  it('asks for another ticket each time, and resumes', async () => {
    await goLive();
    socket().say({
      op: 'snapshot',
      id: 'tape-1',
      epoch: 'a',
      offset: 10,
      more: false,
      events: [],
    });
    socket().drop(3001, 'shutting_down');
    time.advance(1000);
    await settle();
    socket().open();
    expect(socket().sent).toEqual([{ op: 'auth', ticket: 'tkt_2' }]);
    socket().say(authenticated);
    expect(socket().sent[1]).toMatchObject({ op: 'subscribe', since: { epoch: 'a', offset: 10 } });
  });

  it('does not come back by itself after 3500', async () => {
    await goLive();
    socket().drop(3500, 'unauthorized');
    expect(state()).toEqual({ kind: 'stopped', code: 3500, reason: 'unauthorized' });
    time.advance(600_000);
    await settle();
    expect([sockets.length, asked]).toEqual([1, 1]);
  });

  it('does not come back by itself after 3500 to a ticket', async () => {
    client.start();
    await settle();
    socket().open();
    socket().drop(3500, 'unauthorized');
    expect(state()).toMatchObject({ kind: 'stopped', code: 3500 });
    time.advance(600_000);
    expect(asked).toBe(1);
  });

  it.each([3504, 3599, 3999])(
    'does not come back by itself after %i, but when asked',
    async (code) => {
      await goLive();
      socket().drop(code);
      time.advance(600_000);
      await settle();
      expect(sockets.length).toBe(1);
      client.retryNow();
      await settle();
      expect(sockets.length).toBe(2);
    },
  );

  it.each([3000, 3008, 3499])('comes back after %i', async (code) => {
    await goLive();
    socket().drop(code);
    time.advance(1000);
    await settle();
    expect(sockets.length).toBe(2);
  });
});

describe('a ticket that is not to be had', () => {
  it('is a failed attempt: the next one comes later', async () => {
    tickets = [(_, refuse) => refuse(new Error('busy'))];
    client.start();
    await settle();
    expect(sockets).toEqual([]);
    expect(state()).toMatchObject({ kind: 'waiting', attempt: 1, reason: 'no ticket: busy' });
    time.advance(1000);
    await settle();
    socket().open();
    expect(socket().sent).toEqual([{ op: 'auth', ticket: 'tkt_2' }]);
  });

  it('comes too late for a client that was stopped', async () => {
    let late: (ticket: string) => void = () => undefined;
    tickets = [(resolve) => (late = resolve)];
    client.start();
    client.stop();
    late('tkt_late');
    await settle();
    expect(sockets).toEqual([]);
  });

  it('is not asked for twice at a time', async () => {
    tickets = [() => undefined];
    client.start();
    client.retryNow();
    await settle();
    expect(asked).toBe(1);
  });

  it('says nothing after the client was stopped', async () => {
    let late: (error: Error) => void = () => undefined;
    tickets = [(_, refuse) => (late = refuse)];
    client.start();
    client.stop();
    late(new Error('gone'));
    await settle();
    time.advance(600_000);
    await settle();
    expect([state()?.kind, asked]).toEqual(['stopped', 1]);
  });
});

describe('filters that the user keeps', () => {
  it('are told with the subscription and when they change', async () => {
    await goLive();
    expect(userFilters).toEqual([[]]);
    socket().say({ op: 'user_filters', filters: ['a', '<b>b'] });
    socket().say({ op: 'user_filters', filters: [] });
    expect(userFilters.slice(1)).toEqual([['a', '<b>b'], []]);
    socket().drop();
    time.advance(1000);
    await settle();
    socket().open();
    socket().say(authenticated);
    subscribed({ user_filters: ['desk'] });
    expect(userFilters[3]).toEqual(['desk']);
  });

  it('are text, whatever comes', async () => {
    await goLive();
    socket().say({ op: 'user_filters', filters: [7, null, 'x'] });
    socket().say({ op: 'user_filters' });
    expect(userFilters.slice(1)).toEqual([['', '', 'x'], []]);
  });
});
