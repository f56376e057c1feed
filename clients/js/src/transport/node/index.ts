import type { WebSocketClass } from '../websocket.js';
import type { NodeWebSocketOptions } from './handshake.js';
import { NodeWebSocket } from './websocket.js';

export { NodeWebSocket, type NodeWebSocketOptions };

/** For the client's option `WebSocket`: own headers, own certificate authorities, limits. */
export function nodeWebSocket(options: NodeWebSocketOptions): WebSocketClass {
  return class extends NodeWebSocket {
    constructor(url: string) {
      super(url, options);
    }
  };
}
