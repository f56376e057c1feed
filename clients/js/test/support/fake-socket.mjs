/** A WebSocket class whose instances a test plays the server for; `sockets` lists them. */
export function fakeSockets() {
  const sockets = [];
  class FakeSocket {
    constructor(url) {
      this.url = url;
      this.sent = [];
      this.onopen = this.onmessage = this.onclose = this.onerror = null;
      sockets.push(this);
    }
    send(text) {
      this.sent.push(JSON.parse(text));
      this.onSent?.(JSON.parse(text));
    }
    close(code, reason) {
      this.closed = { code, reason };
    }
    // The server's side.
    open() {
      this.onopen?.({});
    }
    frame(frame) {
      this.onmessage?.({ data: typeof frame === 'string' ? frame : JSON.stringify(frame) });
    }
    end(code = 1006, reason = '', status = undefined) {
      this.onclose?.({ code, reason, status });
    }
    /** The newest message of the client with this op. */
    newest(op) {
      return this.sent.filter((message) => message.op === op).at(-1);
    }
  }
  return { sockets, FakeSocket };
}
