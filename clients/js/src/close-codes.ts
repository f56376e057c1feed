import { AuthenticationError, ClosedError } from './errors.js';
import type { CloseEventLike } from './transport/websocket.js';

/** Where the client must not come back (docs/reference/protocol.md, "Close codes"). */
const terminal = new Set([1002, 1003, 1007, 1008, 1009]);
/** Of the HTTP statuses 400–499, those that pass. */
const passing = new Set([408, 425, 429]);

/** The error that ends the client, or undefined when it may come back. */
export function terminalError(close: CloseEventLike): ClosedError | undefined {
  const { code, reason, status } = close;
  if (status === 401) {
    return new AuthenticationError(code, reason, status);
  }
  if (status !== undefined && status >= 400 && status < 500 && !passing.has(status)) {
    return new ClosedError(code, reason, status);
  }
  if (code === 3500) {
    return new AuthenticationError(code, reason);
  }
  return terminal.has(code) || (code > 3500 && code < 4000)
    ? new ClosedError(code, reason)
    : undefined;
}
