/** The part of a WebSocket that the client uses: browsers', Node 22's, npm's ws, and our own. */
export interface WebSocketLike {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export type WebSocketClass = new (url: string) => WebSocketLike;

export interface MessageEventLike {
  data: unknown;
}

export interface CloseEventLike {
  code: number;
  reason: string;
  /** HTTP status of a refused upgrade; only our own client knows it. */
  status?: number;
}

/** The one given, else the platform's, else our own for Node before 22. */
export async function findWebSocket(given: WebSocketClass | undefined): Promise<WebSocketClass> {
  if (given) {
    return given;
  }
  const global = (globalThis as { WebSocket?: WebSocketClass }).WebSocket;
  if (global) {
    return global;
  }
  // Resolved by package.json: bundles for browsers get an empty module instead.
  const { NodeWebSocket } = await import('#node-websocket');
  if (!NodeWebSocket) {
    throw new TypeError('there is no WebSocket here; give one with the option "WebSocket"');
  }
  return NodeWebSocket;
}
