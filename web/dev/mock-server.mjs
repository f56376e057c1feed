// Speaks the dashboard's side of docs/reference/protocol.md with a made-up market, so that the page
// can be worked on and tested without the engine:
//
//   node dev/mock-server.mjs [--port 8090] [--speed 1] [--hostile] [--idle]
//
// It serves web/dist too. Prints `listening on http://127.0.0.1:PORT/` on stderr.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { MockDesk } from './mock-desk.mjs';
import { MockMarket } from './mock-market.mjs';

const dist =
  process.env.TICKSTOCK_WEB ?? join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const flag = (name) => process.argv.includes(`--${name}`);
const option = (name, standard) => {
  const at = process.argv.indexOf(`--${name}`);
  return at > 0 ? Number(process.argv[at + 1]) : standard;
};
const speed = option('speed', 1);
const ringSize = option('ring', 20000);
const stepMs = 100;
const epoch = Math.random().toString(16).slice(2, 10);
const started = Date.now();
const hostile = ['<img src=x>', '"><b>hi</b>', '{{1+1}}'];

const paused = new Set();
const decisions = [];

const market = new MockMarket({ extraSymbols: flag('hostile') ? hostile : [] });
let ring = []; // {offset, ts_pub, event}
let last = 0;
let eventsPerSecond = 0;
const byType = { trend: 0, surge: 0, high: 0, low: 0, valuation: 0, rule: 0, control: 0 };

/** JSON with the texts of nanosecond times written as bare integers, as the server does. */
const encode = (value) =>
  JSON.stringify(value).replace(
    /"(ts|ts_pub|prior_extreme_ts|clock|wall|last_record|last_activity|since|through|last|raised|resolved|looked|changed)":"(\d+)"/g,
    '"$1":$2',
  );

function publish(events) {
  const ts_pub = `${Date.now()}000000`;
  for (const event of events) {
    ring.push({ offset: ++last, ts_pub, event });
    byType[event.type] += 1;
  }
  ring = ring.slice(-ringSize);
  return events.length;
}

publish(market.advance(45 * 60 * 1000)); // opens at 10:15

const clients = new Map(); // socket → {id, sent}
const send = (socket, frame) => socket.send(encode(frame));

function sendSnapshot(socket, id) {
  const latest = new Map();
  for (const entry of ring) {
    latest.set(`${entry.event.symbol} ${entry.event.type}`, entry);
  }
  const list = [...latest.values()].sort((a, b) => a.offset - b.offset);
  do {
    const events = list.splice(0, 1000);
    send(socket, { op: 'snapshot', id, epoch, offset: last, more: list.length > 0, events });
  } while (list.length > 0);
}

function subscribe(socket, { id, since }) {
  const oldest = (ring[0]?.offset ?? last + 1) - 1;
  if (since === 'snapshot') {
    const position = { epoch, offset: last };
    send(socket, { op: 'subscribed', id, position, recovered: false, reason: null });
    sendSnapshot(socket, id);
    clients.set(socket, { id, sent: last });
    return;
  }
  const reason = since.epoch !== epoch ? 'epoch_changed' : since.offset < oldest ? 'evicted' : null;
  const sent = reason === null ? since.offset : oldest;
  const recovered = reason === null;
  send(socket, { op: 'subscribed', id, position: { epoch, offset: sent }, recovered, reason });
  if (reason !== null) {
    const to = reason === 'evicted' ? oldest : null;
    send(socket, { op: 'gap', id, epoch: since.epoch, from: since.offset + 1, to, reason });
  }
  clients.set(socket, { id, sent });
}

function receive(socket, text) {
  const frame = JSON.parse(text);
  if (frame.op === 'subscribe') {
    subscribe(socket, frame);
  } else if (frame.op === 'unsubscribe') {
    clients.delete(socket);
    send(socket, { op: 'unsubscribed', id: frame.id });
  }
}

setInterval(() => {
  if (flag('idle')) {
    return;
  }
  eventsPerSecond = 0.8 * eventsPerSecond + 0.2 * publish(market.advance(stepMs * speed)) * 10;
  for (const [socket, client] of clients) {
    const events = ring.filter((entry) => entry.offset > client.sent);
    if (events.length > 0) {
      const first = client.sent + 1;
      send(socket, { op: 'events', id: client.id, epoch, first, last, events });
      client.sent = last;
    }
  }
}, stepMs);

setInterval(() => {
  for (const socket of clients.keys()) {
    send(socket, { op: 'heartbeat', epoch, offset: last, ts: `${Date.now()}000000` });
  }
}, 2000);

function stage(entered, dropped = {}, held = 0) {
  const sum = Object.values(dropped).reduce((a, b) => a + b, 0);
  return { in: entered, out: entered - sum - held, held, dropped };
}

function status() {
  const records = market.records;
  const clock = `${Math.floor(market.clockMs)}000000`;
  const ineligible = Math.floor(records * 0.031);
  const channel = (type, share, limit) => ({
    name: type,
    status: paused.has(type) ? 'paused' : 'active',
    status_reason: paused.has(type) ? 'by api' : '',
    why_unhealthy: [],
    circuit: 'closed',
    timed_out: 0,
    parked: paused.has(type) ? 120 : 0,
    batch_seconds: { count: 1000, mean: 2e-5, p50: 1e-5, p95: 5e-5, p99: 12e-5, max: 3e-3 },
    healthy: true,
    records: Math.floor(records * share),
    events: type === 'tick' ? last : 0,
    errors: 0,
    queue_size: Math.floor(Math.random() * limit * 0.1),
    queue_limit: limit,
    records_per_second: 800 * speed * share,
    processing_seconds: records * share * 1e-7,
    last_activity: clock,
  });
  return {
    ready: true,
    version: 'mock',
    epoch,
    clock,
    session: 'regular',
    period: 'MIDDAY',
    sequence: records,
    symbols: market.book.length,
    shards: 1,
    uptime_seconds: (Date.now() - started) / 1000,
    rates: {
      records_per_second: (780 + 40 * Math.random()) * speed,
      records_per_second_peak: 822 * speed,
      events_per_second: eventsPerSecond,
      events_per_second_peak: eventsPerSecond * 1.4,
    },
    events_by_type: byType,
    accounting: {
      closes: true,
      sources: stage(records + 12, { malformed: 9, bad_number: 3 }),
      sequencer: stage(records),
      router: stage(records),
      intake: stage(records, { closed: 131, quarantined: 17 }),
      tick: stage(Math.floor(records * 0.92), { ineligible }),
      ohlcv: stage(Math.floor(records * 0.07)),
      fmv: stage(Math.floor(records * 0.01)),
      coordination: stage(last + 5, { corroboration: 5 }),
      priority: stage(last),
      publishing: stage(last),
    },
    channels: [
      channel('tick', 0.92, 1000),
      channel('ohlcv', 0.07, 8000),
      channel('fmv', 0.01, 500),
    ],
    sources: [
      {
        name: 'synthetic',
        detail: `${market.book.length} symbols, seed 1`,
        state: 'streaming',
        speed,
      },
    ],
    draining: false,
    shard_details: [
      {
        shard: 0,
        symbols: market.book.length,
        done_through: records,
        lag_records: 0,
        lag_seconds: 0,
        reading_from_file: false,
        queued: { tick: 0, ohlcv: 0, fmv: 0 },
        processed: records,
        mean_seconds: 1.4e-6,
      },
    ],
    journal: {
      directory: 'data/journal',
      state: 'writing',
      reason: '',
      durability: 'interval',
      first: 1,
      last: records,
      written: records,
      durable: Math.max(0, records - 400),
      bytes: records * 90,
      segments: 1,
    },
    snapshot: { sequence: 1, age_seconds: (Date.now() - started) / 1000, failures: 0 },
    router: {
      strategy: 'health_based',
      total_routed: records,
      routing_errors: 0,
      success_rate: 100,
      circuit: 'closed',
      moves: 0,
    },
    recovery: { done: true, had_journal: false },
    shed: { level: 0, pending: 0, capacity: 100000, by_class: { 1: 0, 2: 0, 3: 0, 4: 0 } },
    decision_total: decisions.length,
    decisions: decisions.slice(-20),
    offset: last,
    first_offset: ring[0]?.offset ?? 0,
    clients: { websocket: clients.size },
  };
}

/** As the engine's server. */
const policy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Pauses or resumes a channel, as the engine would: with a decision. */
function command(name, action, response) {
  response.setHeader('content-type', 'application/json');
  if (!['tick', 'ohlcv', 'fmv'].includes(name)) {
    const error = {
      code: 'not_found',
      message: `no channel "${name}"; accepted: tick, ohlcv, fmv`,
    };
    response.writeHead(404).end(encode({ error }));
    return;
  }
  action === 'pause' ? paused.add(name) : paused.delete(name);
  const sequence = market.records + decisions.length;
  const clock = `${Math.floor(market.clockMs)}000000`;
  const text = `${action} ${name}: by api`;
  const wall = `${Date.now()}000000`;
  decisions.push({ sequence, kind: 'channel_change', text, by: 'api', clock, wall });
  response.end(encode({ done: true, text, sequence }));
}

/** Candles, trace, or the latest event of each type. */
function aboutSymbol(url, response) {
  const [symbol, what] = url.pathname.slice('/api/v1/symbols/'.length).split('/');
  const name = decodeURIComponent(symbol);
  const number = (key, standard) => Number(url.searchParams.get(key) ?? standard);
  response.setHeader('content-type', 'application/json');
  if (what === 'candles') {
    const { trades, clockMs } = market;
    const candles = trades.candles(name, number('interval', 60), number('limit', 390), clockMs);
    response.end(encode(candles));
  } else if (what === 'trace') {
    response.end(encode(market.trades.trace(name, number('limit', 100), number('to', 0))));
  } else {
    const latest = {};
    for (const entry of ring.filter((each) => each.event.symbol === name)) {
      latest[entry.event.type] = entry;
    }
    response.end(encode({ symbol: name, epoch, offset: last, latest }));
  }
}

const desk = new MockDesk({ ring: () => ring, status });

/** True: the desk had an answer. */
async function fromDesk(url, request, response) {
  if (!url.pathname.startsWith('/api/v1/')) {
    return false;
  }
  let body = '';
  for await (const part of request) {
    body += part;
  }
  const path = url.pathname.slice('/api/v1/'.length).split('/').map(decodeURIComponent).join('/');
  const json = body === '' ? {} : JSON.parse(body);
  const found = desk.answer(request.method, path, url.searchParams, json);
  if (found !== null) {
    response.writeHead(found.status, { 'content-type': 'application/json' });
    response.end(encode(found.body));
  }
  return found !== null;
}

async function answer(request, response) {
  const url = new URL(request.url, 'http://localhost');
  response.setHeader('content-security-policy', policy);
  const asked = /^\/api\/v1\/channels\/(\w+)\/(pause|resume)$/.exec(url.pathname);
  if (asked !== null && request.method === 'POST') {
    command(asked[1], asked[2], response);
  } else if (await fromDesk(url, request, response)) {
    return;
  } else if (url.pathname === '/api/v1/me') {
    const me = { user: 'local', role: 'admin', kind: 'local', expires_at: null };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(me));
  } else if (url.pathname === '/api/v1/status') {
    response.setHeader('content-type', 'application/json').end(encode(status()));
  } else if (url.pathname === '/api/v1/events') {
    const limit = Number(url.searchParams.get('limit') ?? 100);
    const after = url.searchParams.get('since')?.split(':')[1];
    const events =
      after === undefined
        ? ring.slice(-limit)
        : ring.filter((entry) => entry.offset > Number(after)).slice(0, limit);
    response.setHeader('content-type', 'application/json');
    const symbols = url.searchParams.get('symbols')?.split(',') ?? [];
    const some = events.filter(
      (entry) => symbols.length === 0 || symbols.includes(entry.event.symbol),
    );
    response.end(encode({ epoch, first: 0, last, recovered: true, gap: null, events: some }));
  } else if (url.pathname.startsWith('/api/v1/symbols/')) {
    aboutSymbol(url, response);
  } else if (url.pathname.startsWith('/api/')) {
    const error = { code: 'not_found', message: 'the mock does not have this' };
    response.writeHead(404, { 'content-type': 'application/json' }).end(encode({ error }));
  } else {
    const path = url.pathname === '/' ? '/index.html' : normalize(url.pathname);
    try {
      const body = await readFile(join(dist, path));
      response
        .setHeader('content-type', types[extname(path)] ?? 'application/octet-stream')
        .end(body);
    } catch {
      response.writeHead(404).end('not found');
    }
  }
}

const server = createServer((request, response) => void answer(request, response));
const sockets = new WebSocketServer({ server, path: '/ws' });
sockets.on('connection', (socket) => {
  socket.on('message', (data) => receive(socket, String(data)));
  socket.on('close', () => clients.delete(socket));
});
server.listen(option('port', 8090), '127.0.0.1', () => {
  process.stderr.write(`listening on http://127.0.0.1:${server.address().port}/\n`);
});
