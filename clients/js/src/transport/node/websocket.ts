import type { Duplex } from 'node:stream';
import type { CloseEventLike, MessageEventLike, WebSocketLike } from '../websocket.js';
import { FrameError, FrameReader, opcode } from './frame-reader.js';
import { closePayload, encodeFrame } from './frame-writer.js';
import { handshake, type NodeWebSocketOptions } from './handshake.js';

const maxFragments = 1024;
/** Milliseconds for the peer's goodbye. */
const closeGrace = 2000;

/**
 * A WebSocket client on Node's http, https and crypto alone: text messages, no extensions. Shaped
 * like the browsers' class as far as WebSocketLike goes. Failures end with `onclose`, code 1006.
 */
export class NodeWebSocket implements WebSocketLike {
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;
  /** As in browsers: 0 connecting, 1 open, 2 closing, 3 closed. */
  readyState: 0 | 1 | 2 | 3 = 0;

  private socket: Duplex | undefined;
  private readonly giveUp: () => void;
  private readonly reader: FrameReader;
  private grace: NodeJS.Timeout | undefined;
  /** What `onclose` is to tell; the peer's close frame, or what failed. */
  private outcome: CloseEventLike = { code: 1006, reason: '' };

  constructor(url: string | URL, options: NodeWebSocketOptions = {}) {
    const limits = { maxMessageBytes: options.maxMessageBytes ?? 8 * 1024 * 1024, maxFragments };
    this.reader = new FrameReader(limits, {
      text: (data) => {
        if (this.readyState === 1) {
          (this.onmessage as ((event: MessageEventLike) => void) | null)?.({ data });
        }
      },
      ping: (payload) => this.write(opcode.pong, payload),
      pong: () => undefined,
      close: (code, reason) => this.closedByPeer(code, reason),
    });
    this.giveUp = handshake(new URL(url), options, {
      opened: (socket, first) => this.opened(socket, first),
      failed: (reason, status) => {
        this.outcome = { code: 1006, reason, ...(status !== undefined && { status }) };
        this.finish();
      },
    });
  }

  send(text: string): void {
    if (this.readyState === 0) {
      throw new Error('the WebSocket is not open yet');
    }
    if (this.readyState === 1) {
      this.write(opcode.text, Buffer.from(text));
    }
  }

  close(code = 1000, reason = ''): void {
    if (this.readyState === 0) {
      this.readyState = 2;
      queueMicrotask(this.giveUp); // `onclose` is not called from within close()
    } else if (this.readyState === 1) {
      this.beginClose(code, reason);
    }
  }

  private opened(socket: Duplex, first: Buffer): void {
    this.socket = socket;
    (socket as Partial<import('node:net').Socket>).setNoDelay?.(true);
    this.readyState = 1;
    socket.on('data', (chunk: Buffer) => this.read(chunk));
    socket.on('end', () => socket.end());
    socket.on('error', (error) => {
      if (this.outcome.reason === '') {
        this.outcome.reason = error.message;
      }
    });
    socket.on('close', () => this.finish());
    (this.onopen as (() => void) | null)?.();
    if (first.length > 0) {
      this.read(first);
    }
  }

  private read(chunk: Buffer): void {
    try {
      this.reader.push(chunk);
    } catch (error) {
      if (!(error instanceof FrameError)) {
        throw error;
      }
      this.outcome = { code: 1006, reason: `the server sent ${error.message}` };
      this.socket?.removeAllListeners('data');
      this.socket?.resume();
      if (this.readyState === 1) {
        this.beginClose(error.code, error.message);
      }
      this.socket?.end();
    }
  }

  private write(code: number, payload: Buffer): void {
    if (this.socket?.writable) {
      this.socket.write(encodeFrame(code, payload));
    }
  }

  private beginClose(code: number, reason: string): void {
    this.readyState = 2;
    this.write(opcode.close, closePayload(code, reason));
    this.grace = setTimeout(() => this.socket?.destroy(), closeGrace);
  }

  private closedByPeer(code: number, reason: string): void {
    this.outcome = { code, reason };
    if (this.readyState === 1) {
      this.beginClose(code === 1005 ? 1000 : code, '');
    }
    this.socket?.end();
  }

  private finish(): void {
    clearTimeout(this.grace);
    if (this.readyState !== 3) {
      this.readyState = 3;
      (this.onclose as ((event: CloseEventLike) => void) | null)?.(this.outcome);
    }
  }
}
