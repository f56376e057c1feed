// The own WebSocket client against a server by hand: RFC 6455 from the side of one that is sent to.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { NodeWebSocket, nodeWebSocket } from '../../dist/transport/node/index.js';
import { FrameError, FrameReader } from '../../dist/transport/node/frame-reader.js';
import { Random } from '../support/random.mjs';
import { RawServer, accept, frame, goodAnswer } from '../support/raw-server.mjs';

/** Runs `play(socket, peer, seen)` on an open connection; `seen` is what the client was told. */
async function connection(options, play) {
  const server = await RawServer.start();
  try {
    const arrived = server.peer();
    const socket = new NodeWebSocket(server.url, options);
    const seen = { messages: [], close: undefined };
    seen.closed = new Promise((resolve) => {
      socket.onclose = (event) => {
        assert.equal(seen.close, undefined, 'onclose comes once');
        seen.close = event;
        resolve(event);
      };
    });
    socket.onmessage = ({ data }) => seen.messages.push(data);
    const opened = new Promise((resolve) => (socket.onopen = resolve));
    const peer = await arrived;
    await opened;
    await play(socket, peer, seen);
    peer.socket.destroy();
    await seen.closed;
    assert.equal(socket.readyState, 3);
  } finally {
    server.stop();
  }
}

test('the request is one of RFC 6455', async () => {
  await connection({ headers: { Authorization: 'Bearer abc' } }, async (socket, peer) => {
    const [line, ...headers] = peer.head.trim().split('\r\n');
    assert.equal(line, 'GET /ws HTTP/1.1');
    const names = new Map(
      headers.map((header) => {
        const at = header.indexOf(':');
        return [header.slice(0, at).toLowerCase(), header.slice(at + 1).trim()];
      }),
    );
    assert.equal(names.get('upgrade'), 'websocket');
    assert.equal(names.get('connection'), 'Upgrade');
    assert.equal(names.get('sec-websocket-version'), '13');
    assert.equal(Buffer.from(names.get('sec-websocket-key'), 'base64').length, 16);
    assert.equal(names.get('authorization'), 'Bearer abc');
    assert(!names.has('sec-websocket-extensions'));
  });
});

test('messages of the client are masked, of every length form', async () => {
  await connection({}, async (socket, peer) => {
    for (const size of [0, 1, 125, 126, 127, 65535, 65536, 70000]) {
      const text = 'é'.repeat(size >> 1) + 'x'.repeat(size & 1);
      socket.send(text);
      const sent = await peer.frame(1);
      assert.deepEqual([sent.final, sent.masked, sent.payload.toString()], [true, true, text]);
    }
  });
});

test('messages of the server, whole, fragmented, with pings between, in single bytes', async () => {
  const big = 'y'.repeat(70_000);
  const bytes = Buffer.concat([
    frame(0x81, 'one'),
    frame(0x81, ''),
    frame(0x01, 'a\u00e9'.slice(0, 1)),
    frame(0x89, 'p1'),
    frame(0x00, Buffer.from([0xc3])),
    frame(0x8a, ''),
    frame(0x80, Buffer.from([0xa9])),
    frame(0x81, 'z'.repeat(126)),
    frame(0x81, big),
    frame(0x89, 'x'.repeat(125)),
  ]);
  const expected = ['one', '', 'a\u00e9', 'z'.repeat(126), big];
  for (const step of [1, 3, 1000, bytes.length]) {
    await connection({}, async (socket, peer, seen) => {
      for (let at = 0; at < bytes.length; at += step) {
        if (!peer.socket.write(bytes.subarray(at, at + step))) {
          await once(peer.socket, 'drain');
        }
      }
      assert.equal((await peer.frame(10)).payload.toString(), 'p1');
      const second = await peer.frame(10);
      assert.deepEqual([second.payload.length, second.masked], [125, true]);
      assert.deepEqual(seen.messages, expected);
    });
  }
});

test('frames right behind the answer to the upgrade are not lost', async () => {
  const server = await RawServer.start((key) => undefined);
  const arrived = server.peer();
  const socket = new NodeWebSocket(server.url);
  const message = new Promise((resolve) => (socket.onmessage = ({ data }) => resolve(data)));
  const peer = await arrived;
  const key = /^sec-websocket-key: (.*)\r$/im.exec(peer.head)[1];
  peer.send(goodAnswer(key), frame(0x81, 'first'));
  assert.equal(await message, 'first');
  server.stop();
});

const nasty = [
  ['reserved bit 1', [0xc1, 0], 1002],
  ['reserved bit 2', [0xa1, 0], 1002],
  ['reserved bit 3', [0x91, 0], 1002],
  ['opcode 3', [0x83, 0], 1002],
  ['opcode 7', [0x87, 0], 1002],
  ['opcode 11', [0x8b, 0], 1002],
  ['opcode 15', [0x8f, 0], 1002],
  ['masked', [0x81, 0x81, 1, 2, 3, 4, 5], 1002],
  ['binary', [0x82, 1, 0], 1003],
  ['ping in fragments', [0x09, 0], 1002],
  ['ping of 126 bytes', [0x89, 126, 0, 126], 1002],
  ['close of 126 bytes', [0x88, 126, 0, 126], 1002],
  ['continuation of nothing', [0x80, 0], 1002],
  ['text within a message', [0x01, 0, 0x81, 0], 1002],
  ['length not the shortest (16)', [0x81, 126, 0, 125], 1002],
  ['length not the shortest (64)', [0x81, 127, 0, 0, 0, 0, 0, 0, 0xff, 0xff], 1002],
  ['length 2^63', [0x81, 127, 0x80, 0, 0, 0, 0, 0, 0, 0], 1009],
  ['length 2^64-1', [0x81, 127, 255, 255, 255, 255, 255, 255, 255, 255], 1009],
  ['length over the limit', [0x81, 127, 0, 0, 0, 0, 0, 1, 0x86, 0xa1], 1009],
  ['invalid UTF-8', [0x81, 2, 0xc3, 0x28], 1007],
  ['overlong UTF-8', [0x81, 2, 0xc0, 0xaf], 1007],
  ['surrogate', [0x81, 3, 0xed, 0xa0, 0x80], 1007],
  ['UTF-8 cut at the end', [0x01, 1, 0xc3, 0x80, 0], 1007],
  ['close code of one byte', [0x88, 1, 3], 1002],
  ['close code 999', [0x88, 2, 3, 231], 1002],
  ['close code 1005', [0x88, 2, 3, 237], 1002],
  ['close code 1006', [0x88, 2, 3, 238], 1002],
  ['close code 1015', [0x88, 2, 3, 247], 1002],
  ['close code 2999', [0x88, 2, 11, 183], 1002],
  ['close code 5000', [0x88, 2, 19, 136], 1002],
  ['close reason not UTF-8', [0x88, 4, 3, 232, 0xc3, 0x28], 1007],
];

for (const [name, bytes, code] of nasty) {
  test(`refused with ${code}: ${name}`, async () => {
    await connection({ maxMessageBytes: 100_000 }, async (socket, peer, seen) => {
      peer.send(frame(0x81, 'before'), bytes, frame(0x81, 'after'));
      const close = await peer.frame(8);
      assert.equal(close.payload.readUInt16BE(0), code);
      assert.equal(socket.readyState, 2);
      await peer.ended; // the client hangs up
      const { code: told, reason } = await seen.closed;
      assert.equal(told, 1006);
      assert.match(reason, /the server sent/);
      assert.deepEqual(seen.messages, ['before']);
    });
  });
}

test('a message is limited over all its fragments, in bytes and in number', async () => {
  await connection({ maxMessageBytes: 1000 }, async (socket, peer) => {
    peer.send(frame(0x01, 'a'.repeat(600)), frame(0x00, 'a'.repeat(400)), frame(0x80, 'a'));
    assert.equal((await peer.frame(8)).payload.readUInt16BE(0), 1009);
  });
  await connection({}, async (socket, peer) => {
    peer.send(frame(0x01, ''), ...Array.from({ length: 1100 }, () => frame(0x00, '')));
    assert.equal((await peer.frame(8)).payload.readUInt16BE(0), 1008);
  });
});

test('goodbyes: the code and reason of the server, answered', async () => {
  const words = [
    [[0x88, 0], 1005, '', 1000],
    [frame(0x88, [3, 232]), 1000, '', 1000],
    [
      frame(0x88, Buffer.concat([Buffer.from([11, 192]), Buffer.from('slow_client')])),
      3008,
      'slow_client',
      3008,
    ],
  ];
  for (const [bytes, code, reason, answered] of words) {
    await connection({}, async (socket, peer, seen) => {
      peer.send(bytes, frame(0x81, 'late'));
      assert.equal((await peer.frame(8)).payload.readUInt16BE(0), answered);
      const close = await seen.closed;
      assert.deepEqual([close.code, close.reason], [code, reason]);
      assert.deepEqual(seen.messages, []);
    });
  }
});

test('close() says goodbye, takes no more messages and does not wait for ever', async () => {
  await connection({}, async (socket, peer, seen) => {
    socket.close(1000, '€'.repeat(100));
    const close = await peer.frame(8);
    assert.equal(close.payload.readUInt16BE(0), 1000);
    assert.equal(close.payload.subarray(2).toString(), '€'.repeat(41), 'cut between characters');
    socket.send('nothing');
    peer.send(frame(0x81, 'late'));
    await seen.closed; // though the server never answers
    assert.deepEqual(seen.messages, []);
    assert.equal(peer.frames.length, 0);
  });
});

test('a line that breaks is 1006', async () => {
  await connection({}, async (socket, peer, seen) => {
    peer.send([0x81, 100], 'half');
    peer.socket.resetAndDestroy();
    assert.equal((await seen.closed).code, 1006);
  });
});

test('answers that do not upgrade', async () => {
  const answers = [
    ['HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno', 503],
    ['HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n', 401],
    ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 200],
    [(key) => goodAnswer(`${key}x`), undefined],
    [(key) => goodAnswer(key).replace('Upgrade: websocket', 'Upgrade: h2c'), undefined],
    [
      (key) =>
        goodAnswer(key).replace(
          '\r\n\r\n',
          '\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
        ),
      undefined,
    ],
    ['nonsense\r\n\r\n', undefined],
  ];
  for (const [answer, status] of answers) {
    const server = await RawServer.start(typeof answer === 'string' ? () => answer : answer);
    const socket = new NodeWebSocket(server.url);
    socket.onopen = () => assert.fail('it did not open');
    const close = await new Promise((resolve) => (socket.onclose = resolve));
    assert.deepEqual([close.code, close.status], [1006, status], close.reason);
    assert.notEqual(close.reason, '');
    server.stop();
  }
});

test('no answer: the time-out, close() before it, and nobody there', async () => {
  const server = await RawServer.start(() => undefined);
  const late = new NodeWebSocket(server.url, { handshakeTimeoutMs: 50 });
  assert.match((await new Promise((resolve) => (late.onclose = resolve))).reason, /in time/);
  const given = new NodeWebSocket(server.url);
  const closed = new Promise((resolve) => (given.onclose = resolve));
  given.close();
  assert.equal((await closed).code, 1006);
  server.stop();
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address();
  listener.close();
  await once(listener, 'close');
  const nobody = new (nodeWebSocket({}))(`ws://127.0.0.1:${port}/`);
  assert.equal((await new Promise((resolve) => (nobody.onclose = resolve))).code, 1006);
});

test('random bytes never do more than end the connection', () => {
  const random = new Random(11);
  for (let round = 0; round < 3000; ++round) {
    const told = [];
    const reader = new FrameReader(
      { maxMessageBytes: 5000, maxFragments: 8 },
      {
        text: (text) => told.push(text),
        ping: () => undefined,
        pong: () => undefined,
        close: () => undefined,
      },
    );
    try {
      for (let i = 0; i < 20; ++i) {
        const payload = Buffer.from(
          Array.from({ length: random.below(200) }, () =>
            random.below(random.chance(0.9) ? 128 : 256),
          ),
        );
        const bytes = random.chance(0.9)
          ? frame([0x81, 0x01, 0x80, 0x00, 0x89, 0x8a][random.below(6)], payload)
          : payload;
        const cut = random.below(bytes.length + 1);
        reader.push(bytes.subarray(0, cut));
        reader.push(bytes.subarray(cut));
      }
    } catch (error) {
      assert(error instanceof FrameError, error.stack);
    }
    told.forEach((text) => assert(Buffer.byteLength(text) <= 5000));
  }
});

test('the answer of RFC 6455, section 1.3', () => {
  assert.equal(accept('dGhlIHNhbXBsZSBub25jZQ=='), 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
});
