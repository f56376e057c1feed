import { createHash, randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';

export interface NodeWebSocketOptions {
  /** Added to the upgrade request. */
  headers?: OutgoingHttpHeaders;
  /** For wss: certificate authorities and the like. */
  tls?: SecureContextOptions & { rejectUnauthorized?: boolean; servername?: string };
  /** Bytes of a message (8 MiB); a longer one ends the connection. */
  maxMessageBytes?: number;
  /** The upgrade may take this long (15,000 ms). */
  handshakeTimeoutMs?: number;
}

export interface HandshakeResult {
  opened(socket: Duplex, first: Buffer): void;
  /** `status` of the answer, when there was one. */
  failed(reason: string, status?: number): void;
}

/** What a server must answer to `key` (RFC 6455, section 4.2.2). */
export function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

function wrongAnswer(answer: IncomingMessage, key: string): string | undefined {
  const { headers } = answer;
  if (headers.upgrade?.toLowerCase() !== 'websocket') {
    return 'the answer does not upgrade to websocket';
  }
  if (headers['sec-websocket-accept'] !== acceptOf(key)) {
    return 'the answer has a wrong Sec-WebSocket-Accept';
  }
  if (headers['sec-websocket-extensions'] || headers['sec-websocket-protocol']) {
    return 'the answer names extensions or protocols that were not asked for';
  }
  return undefined;
}

/** Asks for the upgrade; returns what gives up on it. Exactly one of the results is told. */
export function handshake(
  url: URL,
  options: NodeWebSocketOptions,
  result: HandshakeResult,
): () => void {
  const key = randomBytes(16).toString('base64');
  const isSecure = url.protocol === 'wss:';
  const target = new URL(url);
  target.protocol = isSecure ? 'https:' : 'http:';
  const request = (isSecure ? httpsRequest : httpRequest)(target, {
    ...(isSecure && options.tls),
    agent: false,
    headers: {
      ...options.headers,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': key,
    },
  });
  let isOver = false;
  const once = (act: () => void): void => {
    if (!isOver) {
      isOver = true;
      clearTimeout(timer);
      act();
    }
  };
  const fail = (reason: string, status?: number): void =>
    once(() => {
      request.destroy();
      result.failed(reason, status);
    });
  const timer = setTimeout(() => {
    fail('no answer to the upgrade in time');
  }, options.handshakeTimeoutMs ?? 15_000);
  request.on('upgrade', (answer, socket, first) => {
    const wrong = wrongAnswer(answer, key);
    if (wrong !== undefined || isOver) {
      socket.destroy();
      fail(wrong ?? '');
    } else {
      once(() => result.opened(socket, first));
    }
  });
  request.on('response', (answer) => {
    const status = answer.statusCode ?? 0;
    fail(`the upgrade was refused with HTTP status ${status}`, status);
  });
  request.on('error', (error) => fail(error.message));
  request.end();
  return () => fail('closed before the connection was there');
}
