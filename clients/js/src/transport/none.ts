import type { WebSocketClass } from './websocket.js';

/** What platforms other than Node get for `#node-websocket`. */
export const NodeWebSocket: WebSocketClass | undefined = undefined;
