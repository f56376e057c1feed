import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { once } from 'node:events';

/** A WebSocket server by hand on a TCP socket: it sends what a test tells it, byte for byte. */
export class RawServer {
  /** `answer(key)`: the text that answers the upgrade; the correct one by default. */
  static async start(answer = goodAnswer) {
    const server = new RawServer();
    server.peers = [];
    server.waiting = [];
    server.listener = createServer((socket) => server.accept(socket, answer));
    server.listener.listen(0, '127.0.0.1');
    await once(server.listener, 'listening');
    server.url = `ws://127.0.0.1:${server.listener.address().port}/ws`;
    return server;
  }

  accept(socket, answer) {
    const peer = new RawPeer(socket);
    this.peers.push(peer);
    let head = '';
    const read = (chunk) => {
      head += chunk.toString('latin1');
      if (head.includes('\r\n\r\n')) {
        socket.off('data', read);
        peer.head = head;
        const key = /^sec-websocket-key: (.*)\r$/im.exec(head)?.[1] ?? '';
        const text = answer(key);
        if (text !== undefined) {
          socket.write(text);
        }
        peer.begin();
        this.waiting.shift()?.(peer);
      }
    };
    socket.on('data', read);
    socket.on('error', () => undefined);
  }

  /** The next connection, once its request was read. */
  peer() {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  stop() {
    this.peers.forEach(({ socket }) => socket.destroy());
    this.listener.close();
  }
}

export function accept(key) {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

export function goodAnswer(key) {
  return (
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    `Sec-WebSocket-Accept: ${accept(key)}\r\n\r\n`
  );
}

class RawPeer {
  constructor(socket) {
    this.socket = socket;
    this.frames = []; // of the client: { code, final, masked, payload }
    this.bytes = Buffer.alloc(0);
    this.listeners = [];
    this.ended = new Promise((resolve) => socket.on('close', resolve));
  }

  begin() {
    this.socket.on('data', (chunk) => {
      this.bytes = Buffer.concat([this.bytes, chunk]);
      this.parse();
      this.listeners.splice(0).forEach((resolve) => resolve());
    });
  }

  parse() {
    for (;;) {
      const { bytes } = this;
      if (bytes.length < 2) return;
      let size = bytes[1] & 0x7f;
      let at = 2;
      if (size === 126) {
        if (bytes.length < 4) return;
        size = bytes.readUInt16BE(2);
        at = 4;
      } else if (size === 127) {
        if (bytes.length < 10) return;
        size = Number(bytes.readBigUInt64BE(2));
        at = 10;
      }
      const masked = (bytes[1] & 0x80) !== 0;
      const end = at + (masked ? 4 : 0) + size;
      if (bytes.length < end) return;
      const mask = bytes.subarray(at, at + 4);
      const payload = Buffer.from(bytes.subarray(end - size, end));
      if (masked) {
        payload.forEach((byte, i) => (payload[i] = byte ^ mask[i % 4]));
      }
      this.frames.push({ code: bytes[0] & 0x0f, final: bytes[0] >= 0x80, masked, payload });
      this.bytes = bytes.subarray(end);
    }
  }

  /** The client's next frame with this opcode. */
  async frame(code) {
    for (;;) {
      const found = this.frames.findIndex((frame) => frame.code === code);
      if (found >= 0) {
        return this.frames.splice(found, 1)[0];
      }
      await new Promise((resolve) => this.listeners.push(resolve));
    }
  }

  send(...bytes) {
    this.socket.write(Buffer.concat(bytes.map((part) => Buffer.from(part))));
  }
}

/** A frame of a server: first byte, and the payload with its shortest length. */
export function frame(first, payload) {
  const data = Buffer.from(payload);
  const head =
    data.length < 126
      ? Buffer.from([first, data.length])
      : data.length < 0x10000
        ? Buffer.from([first, 126, data.length >> 8, data.length & 255])
        : Buffer.concat([Buffer.from([first, 127, 0, 0, 0, 0]), int32(data.length)]);
  return Buffer.concat([head, data]);
}

function int32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
