/** Every error of this package; `code` is a short word for programs. */
export class TickStockError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** The server ended the connection for good, by a close code or an HTTP status. */
export class ClosedError extends TickStockError {
  /** WebSocket close code; 1006 when the upgrade was refused by HTTP. */
  readonly closeCode: number;
  readonly reason: string;
  /** HTTP status of a refused upgrade, where it is known (not in browsers). */
  readonly status: number | undefined;

  constructor(closeCode: number, reason: string, status?: number, code = 'closed') {
    const what = status === undefined ? `close code ${closeCode}` : `HTTP status ${status}`;
    super(code, `the server refused to go on: ${what}${reason && `, ${reason}`}`);
    this.closeCode = closeCode;
    this.reason = reason;
    this.status = status;
  }
}

/** The server wants other credentials, or any. */
export class AuthenticationError extends ClosedError {
  constructor(closeCode: number, reason: string, status?: number) {
    super(closeCode, reason, status, 'authentication');
  }
}

/** The server did not accept a subscription; `code` is the protocol's error code. */
export class SubscriptionError extends TickStockError {}

/** The server broke its protocol. The client goes on; what is missing is told as a gap. */
export class ProtocolFault extends TickStockError {
  constructor(message: string, options?: { cause?: unknown }) {
    super('protocol_fault', message, options);
  }
}

/** An HTTP request was refused; `code` is the protocol's error code, or `http`. */
export class HttpError extends TickStockError {
  readonly status: number;

  constructor(status: number, code: string, message: string) {
    super(code, message);
    this.status = status;
  }
}
