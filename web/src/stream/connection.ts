import type { Backoff } from './backoff';
import type { Gap, Position, StreamEvent } from './protocol';

/** What the stream's client is made of and tells; client.ts says how it behaves. */

/** The part of a WebSocket that the client uses; tests give it a fake one. */
export interface SocketLike {
  onopen: (() => void) | null;
  onmessage: ((message: { data: unknown }) => void) | null;
  onclose: ((close: { code: number; reason: string }) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export type ConnectionState =
  | { kind: 'connecting'; attempt: number }
  | { kind: 'live' }
  | { kind: 'waiting'; attempt: number; retryAt: number; code: number; reason: string }
  | { kind: 'stopped'; code: number; reason: string };

export interface StreamHandlers {
  onState(state: ConnectionState): void;
  /** Each offset once and in order. */
  onEvents(events: StreamEvent[]): void;
  /** A part of the snapshot as of `position`: the latest per symbol and type, no sequence. */
  onSnapshot(events: StreamEvent[], position: Position, done: boolean): void;
  onGap(gap: Gap): void;
  /** The stream is another one: all that was derived from the old one is void. */
  onEpoch(epoch: string): void;
  /** The server knows who this is. */
  onAuthenticated?(user: string, role: string): void;
  /** Names of the user's own filters that restrict the subscription; empty: none does. */
  onUserFilters?(names: string[]): void;
  /** Anything heard from the server, at `now`. */
  onHeard?(now: number): void;
  onError?(code: string, message: string): void;
}

export interface StreamOptions {
  createSocket(): SocketLike;
  handlers: StreamHandlers;
  /**
   * Asked before each connection: a one-time ticket, which is the first frame then, or null when
   * the server wants to know nobody. A promise that fails is an attempt that failed.
   */
  ticket?(): Promise<string> | null;
  /** Goes into every subscribe: types, symbols, filter. */
  subscription?: Record<string, unknown>;
  backoff?: Backoff;
  /** No frame for this long (heartbeats come every 2 s): the line is dead. */
  silenceLimitMs?: number;
  now?(): number;
  setTimer?(task: () => void, ms: number): unknown;
  clearTimer?(timer: unknown): void;
}
