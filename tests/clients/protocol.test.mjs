// Engine.IO 4 and Socket.IO 5 packet by packet, with plain HTTP and WebSocket: the cases that the
// protocols' own test suites have, for a server of text events. A second server pings often.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import WebSocket from 'ws';

import { PATIENCE, Server, sleep } from './support/server.mjs';

const PING_INTERVAL = 25_000; // ms
const PING_TIMEOUT = 120_000; // twice that of the tests' settings

let server;
let calm; // pings as rarely as a server does
let pinging; // after half a second, and waits three
before(async () => {
  calm = await Server.start();
  pinging = await Server.start(
    '--set', 'server.ping_interval_seconds=0.5', '--set', 'server.pong_timeout_seconds=1.5');
  server = calm;
});
after(async () => {
  await calm?.stop();
  await pinging?.stop();
});

const polling = (query, options) => fetch(`${server.url}/socket.io/?${query}`, options);
const get = (sid) => polling(`EIO=4&transport=polling&sid=${sid}`);
const post = (sid, body) => polling(`EIO=4&transport=polling&sid=${sid}`, { method: 'POST', body });

async function openPolling() {
  const response = await polling('EIO=4&transport=polling');
  assert.equal(response.status, 200);
  return JSON.parse((await response.text()).slice(1)).sid;
}

/** A WebSocket whose messages wait until they are asked for. */
class Socket {
  constructor(query) {
    this.ws = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?${query}`);
    this.messages = [];
    this.waiting = null;
    this.ws.on('message', (data, isBinary) => {
      this.messages.push(isBinary ? data : data.toString());
      this.waiting?.();
    });
    this.opened = new Promise((resolve) => this.ws.on('open', () => resolve(true)));
    this.closed = new Promise((resolve) =>
      this.ws.on('close', (code) => {
        this.code = code;
        resolve(code);
        this.waiting?.();
      }));
    this.refused = new Promise((resolve) =>
      this.ws.on('unexpected-response', (_, response) => {
        let body = '';
        response.on('data', (chunk) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode, body }));
      }));
    this.ws.on('error', () => {});
  }
  /** The next message; pings are passed over unless they are wanted. */
  async next(wantsPing = false) {
    const begin = Date.now();
    for (;;) {
      while (this.messages.length > 0) {
        const message = this.messages.shift();
        if (message !== '2' || wantsPing) {
          return message;
        }
      }
      if (this.code !== undefined) {
        throw new Error(`closed with ${this.code}`);
      }
      if (Date.now() - begin > PATIENCE) {
        throw new Error('no message came');
      }
      await new Promise((resolve) => {
        this.waiting = resolve;
        setTimeout(resolve, 100);
      });
    }
  }
  send(text) {
    this.ws.send(text);
  }
  close() {
    this.ws.close();
  }
}

async function openSocket() {
  const socket = new Socket('EIO=4&transport=websocket');
  assert.match(await socket.next(), /^0\{/);
  return socket;
}

/** Connected to the namespace; the first status_update has been read. */
async function connect() {
  const socket = await openSocket();
  socket.send('40');
  assert.match(await socket.next(), /^40\{"sid":"[^"]+"\}$/);
  return socket;
}

/** The next message that is none of the market's. */
async function answer(socket) {
  for (;;) {
    const message = await socket.next();
    if (!/^42\["(status_update|stock_data|market_event)"/.test(message)) {
      return message;
    }
  }
}

function checkHandshake(text, upgrades) {
  assert.ok(text.startsWith('0'));
  const value = JSON.parse(text.slice(1));
  assert.deepEqual(Object.keys(value), ['sid', 'upgrades', 'pingInterval', 'pingTimeout', 'maxPayload']);
  assert.match(value.sid, /^[A-Za-z0-9_-]{22}$/);
  assert.deepEqual(value.upgrades, upgrades);
  assert.equal(value.pingInterval, PING_INTERVAL);
  assert.equal(value.pingTimeout, PING_TIMEOUT);
  assert.equal(value.maxPayload, 1_000_000);
}

async function expectError(response, code, message) {
  assert.equal(response.status, 400);
  assert.match(response.headers.get('content-type'), /^application\/json/);
  assert.deepEqual(await response.json(), { code, message });
}

describe('Engine.IO, handshake', () => {
  test('polling opens a session', async () => {
    const response = await polling('EIO=4&transport=polling');
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'text/plain; charset=UTF-8');
    checkHandshake(await response.text(), ['websocket']);
  });
  test('websocket opens a session', async () => {
    const socket = new Socket('EIO=4&transport=websocket');
    checkHandshake(await socket.next(), []);
    socket.close();
  });
  test('session ids differ', async () => {
    const ids = new Set();
    for (let i = 0; i < 20; ++i) {
      ids.add(await openPolling());
    }
    assert.equal(ids.size, 20);
  });
  test('errors are the official ones', async () => {
    const version = [5, 'Unsupported protocol version'];
    await expectError(await polling('transport=polling'), ...version);
    await expectError(await polling('EIO=abc&transport=polling'), ...version);
    await expectError(await polling('EIO=3&transport=polling'), ...version);
    await expectError(await polling('EIO=4'), 0, 'Transport unknown');
    await expectError(await polling('EIO=4&transport=abc'), 0, 'Transport unknown');
    await expectError(await polling('EIO=4&transport=polling&sid=nobody'), 1, 'Session ID unknown');
    const method = [2, 'Bad handshake method'];
    await expectError(await polling('EIO=4&transport=polling', { method: 'POST' }), ...method);
    await expectError(await polling('EIO=4&transport=websocket'), 3, 'Bad request');
    const put = await polling('EIO=4&transport=polling', { method: 'PUT' });
    assert.ok([400, 405].includes(put.status));
  });
  test('a websocket with a bad query is refused', async () => {
    for (const [query, code] of [['transport=websocket', 5], ['EIO=abc&transport=websocket', 5],
      ['EIO=3&transport=websocket', 5], ['EIO=4', 0], ['EIO=4&transport=abc', 0],
      ['EIO=4&transport=websocket&sid=nobody', 1], ['EIO=4&transport=polling', 3]]) {
      const { status, body } = await new Socket(query).refused;
      assert.equal(status, 400, query);
      assert.equal(JSON.parse(body).code, code, query);
    }
  });
});

describe('Engine.IO, messages', () => {
  test('a payload of several packets is answered by several', async () => {
    const sid = await openPolling();
    assert.equal(await (await post(sid, '40')).text(), 'ok');
    const response = await post(sid, '42["ping",1]\x1e42["ping",2]');
    assert.equal(response.status, 200);
    assert.equal(await response.text(), 'ok');
    let packets = [];
    while (packets.filter((packet) => packet.startsWith('42["pong"')).length < 2) {
      packets = [...packets, ...(await (await get(sid)).text()).split('\x1e')];
    }
    assert.match(packets[0], /^40\{"sid"/);
    assert.deepEqual(packets.filter((packet) => packet.startsWith('42["pong"')),
      ['42["pong",1]', '42["pong",2]']);
  });
  test('an invalid packet closes the session', async () => {
    for (const body of ['abc', '', 'bAQIDBA==', '2', '40\x1e', '40\x1ebAQIDBA==']) {
      const sid = await openPolling();
      assert.equal((await post(sid, body)).status, 400, JSON.stringify(body));
      await expectError(await get(sid), 1, 'Session ID unknown');
    }
    const socket = await openSocket();
    socket.send('abc');
    assert.equal(await socket.closed, 1008);
  });
  test('binary data is refused', async () => {
    const socket = await openSocket();
    socket.send(Buffer.from([1, 2, 3]));
    assert.equal(await socket.closed, 1003);
    const sid = await openPolling();
    const response = await polling(`EIO=4&transport=polling&sid=${sid}`, {
      method: 'POST', body: Buffer.from([4, 1]),
      headers: { 'Content-Type': 'application/octet-stream' },
    });
    assert.equal(response.status, 400);
    assert.equal((await get(sid)).status, 400);
  });
  test('two polls at once close the session', async () => {
    const sid = await openPolling();
    const answers = await Promise.all([get(sid), get(sid)]);
    answers.sort((one, other) => one.status - other.status);
    assert.deepEqual(answers.map(({ status }) => status), [200, 400]);
    assert.equal(await answers[0].text(), '1');
    assert.equal((await get(sid)).status, 400);
  });
  test('payloads have limits', async () => {
    const long = await openPolling();
    assert.ok([400, 413].includes((await post(long, `4${'x'.repeat(1_000_000)}`)).status));
    const many = await openPolling();
    assert.equal((await post(many, Array(65).fill('3').join('\x1e'))).status, 400);
    const enough = await openPolling();
    assert.equal((await post(enough, Array(64).fill('3').join('\x1e'))).status, 200);
  });
});

describe('Engine.IO, heartbeat', () => {
  before(() => {
    server = pinging;
  });
  after(() => {
    server = calm;
  });
  test('the server pings over polling', async () => {
    const sid = await openPolling();
    for (let i = 0; i < 3; ++i) {
      const response = await get(sid);
      assert.equal(await response.text(), '2');
      assert.equal(await (await post(sid, '3')).text(), 'ok');
    }
  });
  test('the server pings over websocket', async () => {
    const socket = await openSocket();
    for (let i = 0; i < 3; ++i) {
      assert.equal(await socket.next(true), '2');
      socket.send('3');
    }
    socket.close();
  });
  test('no pong closes the session', async () => {
    const sid = await openPolling();
    const socket = await openSocket();
    assert.equal(await socket.closed, 3012);
    await sleep(1000); // theirs began before the socket's
    await expectError(await get(sid), 1, 'Session ID unknown');
  });
});

describe('Engine.IO, close and upgrade', () => {
  test('a close packet ends the session', async () => {
    const sid = await openPolling();
    const waiting = get(sid);
    await sleep(300);
    assert.equal((await post(sid, '1')).status, 200);
    assert.equal(await (await waiting).text(), '6');
    assert.equal((await get(sid)).status, 400);
    const socket = await openSocket();
    socket.send('1');
    await socket.closed;
  });

  async function upgraded(sid) {
    const socket = new Socket(`EIO=4&transport=websocket&sid=${sid}`);
    await socket.opened;
    socket.send('2probe');
    assert.equal(await socket.next(), '3probe');
    return socket;
  }

  test('polling is upgraded to websocket', async () => {
    const sid = await openPolling();
    const waiting = get(sid);
    await sleep(300);
    const socket = await upgraded(sid);
    assert.equal(await (await waiting).text(), '6', 'the poll under way ends');
    socket.send('5');
    socket.send('40');
    assert.match(await socket.next(), /^40\{"sid"/);
    socket.close();
  });
  test('a poll after the probe ends with a noop', async () => {
    const sid = await openPolling();
    const socket = await upgraded(sid);
    assert.equal(await (await get(sid)).text(), '6');
    socket.send('5');
    socket.send('40');
    assert.match(await socket.next(), /^40/);
    socket.close();
  });
  test('requests with the session id are ignored after the upgrade', async () => {
    const sid = await openPolling();
    const socket = await upgraded(sid);
    socket.send('5');
    await sleep(300);
    await expectError(await get(sid), 3, 'Bad request');
    assert.equal((await post(sid, '40')).status, 400);
    const second = await new Socket(`EIO=4&transport=websocket&sid=${sid}`).refused;
    assert.equal(second.status, 400);
    socket.send('40');
    assert.match(await socket.next(), /^40/, 'the session lives');
    socket.close();
  });
  test('a socket that does not probe is closed, and polling goes on', async () => {
    const sid = await openPolling();
    const socket = new Socket(`EIO=4&transport=websocket&sid=${sid}`);
    await socket.opened;
    socket.send('4hello');
    await socket.closed;
    assert.equal((await post(sid, '40')).status, 200);
    assert.match(await (await get(sid)).text(), /^40/);
  });
  test('a session whose socket is gone is gone', async () => {
    const sid = await openPolling();
    const socket = await upgraded(sid);
    socket.send('5');
    await sleep(300);
    socket.close();
    await socket.closed;
    await sleep(500);
    await expectError(await get(sid), 1, 'Session ID unknown');
  });
});

describe('Socket.IO', () => {
  test('connect to the main namespace, with and without a payload', async () => {
    for (const packet of ['40', '40{"token":"123"}', '40{}']) {
      const socket = await openSocket();
      socket.send(packet);
      const text = await socket.next();
      assert.deepEqual(Object.keys(JSON.parse(text.slice(2))), ['sid']);
      socket.close();
    }
  });
  test('the two session ids differ', async () => {
    const socket = new Socket('EIO=4&transport=websocket');
    const engine = JSON.parse((await socket.next()).slice(1)).sid;
    socket.send('40');
    assert.notEqual(JSON.parse((await socket.next()).slice(2)).sid, engine);
    socket.close();
  });
  test('other namespaces are refused politely', async () => {
    const socket = await openSocket();
    socket.send('40/random');
    assert.equal(await socket.next(), '44/random,{"message":"Invalid namespace"}');
    socket.send('40/admin,{"token":"x"}');
    assert.equal(await socket.next(), '44/admin,{"message":"Invalid namespace"}');
    socket.send('40');
    assert.match(await socket.next(), /^40\{/);
    socket.send('41/admin,');
    socket.send('42["ping","still here"]');
    assert.equal(await answer(socket), '42["pong","still here"]');
    socket.close();
  });
  test('a bad first packet closes', async () => {
    for (const packet of ['4abc', '4', '42["ping"]', '41', '431[]', '45', '49']) {
      const socket = await openSocket();
      socket.send(packet);
      if (packet === '41') {  // leaving what was not entered
        socket.send('42["ping"]');
      }
      assert.equal(await socket.closed, 1008, packet);
    }
  });
  test('a client may leave and come back', async () => {
    const socket = await connect();
    socket.send('41');
    socket.send('40');
    assert.match(await answer(socket), /^40\{/);
    socket.close();
  });
  test('events with and without acknowledgement', async () => {
    const socket = await connect();
    socket.send('42["ping",1,"2",{"3":[true]}]');
    assert.equal(await answer(socket), '42["pong",1]');
    socket.send('42456["ping",1]');
    assert.equal(await answer(socket), '42["pong",1]');
    assert.equal(await answer(socket), '43456[{"ok":true,"data":"pong"}]');
    socket.send('420["get_filters"]');
    assert.equal(await answer(socket), '430[{"ok":true,"data":{"filters":[]}}]');
    socket.close();
  });
  test('invalid packets close with a reason', async () => {
    for (const packet of ['42{}', '42[]', '42["ping"', '42[1]', '42["connect"]', '4abc', '40',
      '451-["ping",{"_placeholder":true,"num":0}]', '42["ping"]x', '44{"message":"x"}',
      `42["ping",${'['.repeat(100)}${']'.repeat(100)}]`, `42["${'x'.repeat(65)}"]`,
      '4299999999999999999999["ping"]']) {
      const socket = await connect();
      socket.send(packet);
      assert.match(await answer(socket), /^42\["error",\{"message":"[^"]+"\}\]$/, packet);
      assert.equal(await socket.closed, 1008, packet);
    }
  });
  test('a flood of messages is stopped', async () => {
    const socket = await connect();
    for (let i = 0; i < 200; ++i) {
      socket.send('42["ping"]');
    }
    assert.equal(await socket.closed, 1008);
  });
  test('a hostile page of another origin is refused', async () => {
    const headers = { Origin: 'http://evil.example' };
    assert.equal((await polling('EIO=4&transport=polling', { headers })).status, 403);
    const own = await polling('EIO=4&transport=polling', { headers: { Origin: server.url } });
    assert.equal(own.status, 200);
    assert.equal(own.headers.get('access-control-allow-origin'), server.url);
  });
});
