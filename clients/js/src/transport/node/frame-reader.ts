/** Opcodes of RFC 6455, section 5.2. */
export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** The peer broke RFC 6455, or a limit: the connection ends with `code`. */
export class FrameError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
    this.name = 'FrameError';
  }
}

export interface FrameLimits {
  /** Bytes of a message, over all its fragments (8 MiB). */
  maxMessageBytes: number;
  /** Fragments of a message (1,024). */
  maxFragments: number;
}

export interface FrameSink {
  text(message: string): void;
  ping(payload: Buffer): void;
  pong(): void;
  /** 1005 when the frame names no code. */
  close(code: number, reason: string): void;
}

interface Head {
  final: boolean;
  code: number;
  size: number;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new FrameError(1007, 'text that is not UTF-8');
  }
}

/** Codes that may stand in a close frame (RFC 6455, section 7.4). */
function isCloseCode(code: number): boolean {
  return (
    (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) ||
    (code >= 3000 && code < 5000)
  );
}

/** Bytes as they come, given out in the pieces that are asked for. */
class ByteQueue {
  size = 0;
  private chunks: Buffer[] = [];

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.size += chunk.length;
  }

  /** The first `count` bytes, of which `drop` are taken off. REQUIRES: count <= size. */
  take(count: number, drop = count): Buffer {
    let first = this.chunks[0] ?? Buffer.alloc(0);
    if (first.length < count) {
      first = Buffer.concat(this.chunks);
      this.chunks = [first];
    }
    const bytes = first.subarray(0, count);
    this.size -= drop;
    if (drop === first.length) {
      this.chunks.shift();
    } else {
      this.chunks[0] = first.subarray(drop);
    }
    return bytes;
  }
}

/** Reads the frames of a server: what a client may get, and nothing else. Throws FrameError. */
export class FrameReader {
  private readonly bytes = new ByteQueue();
  private head: Head | undefined;
  /** Of the message under way; undefined between messages. */
  private fragments: Buffer[] | undefined;
  private messageBytes = 0;
  private ended = false;

  constructor(
    private readonly limits: FrameLimits,
    private readonly sink: FrameSink,
  ) {}

  push(chunk: Buffer): void {
    this.bytes.push(chunk);
    while (!this.ended) {
      this.head ??= this.readHead();
      if (!this.head || this.bytes.size < this.head.size) {
        return;
      }
      const { head } = this;
      this.head = undefined;
      this.take(head, head.size > 0 ? this.bytes.take(head.size) : Buffer.alloc(0));
    }
  }

  private readHead(): Head | undefined {
    if (this.bytes.size < 2) {
      return undefined;
    }
    const [first = 0, second = 0] = this.bytes.take(2, 0);
    const code = first & 0x0f;
    const final = (first & 0x80) !== 0;
    const short = second & 0x7f;
    this.checkHead(first, second, code, final, short);
    const more = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (this.bytes.size < 2 + more) {
      return undefined;
    }
    const bytes = this.bytes.take(2 + more);
    const size =
      more === 0 ? short : more === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    if ((more === 2 && size < 126) || (more === 8 && size < 0x10000)) {
      throw new FrameError(1002, 'a length that is not the shortest');
    }
    if (code < 8 && this.messageBytes + size > this.limits.maxMessageBytes) {
      throw new FrameError(1009, `a message over ${this.limits.maxMessageBytes} bytes`);
    }
    return { final, code, size };
  }

  private checkHead(
    first: number,
    second: number,
    code: number,
    final: boolean,
    short: number,
  ): void {
    if ((first & 0x70) !== 0) {
      throw new FrameError(1002, 'reserved bits are set');
    }
    if ((second & 0x80) !== 0) {
      throw new FrameError(1002, 'a masked frame from the server');
    }
    if ((code > 2 && code < 8) || code > 10) {
      throw new FrameError(1002, `opcode ${code} is reserved`);
    }
    if (code >= 8 && (!final || short > 125)) {
      throw new FrameError(1002, 'a control frame in fragments or over 125 bytes');
    }
    if (code === opcode.binary) {
      throw new FrameError(1003, 'a binary message');
    }
    if (code === opcode.continuation && !this.fragments) {
      throw new FrameError(1002, 'a continuation of nothing');
    }
    if (code === opcode.text && this.fragments) {
      throw new FrameError(1002, 'a new message within a fragmented one');
    }
  }

  private take(head: Head, payload: Buffer): void {
    switch (head.code) {
      case opcode.ping:
        return this.sink.ping(payload);
      case opcode.pong:
        return this.sink.pong();
      case opcode.close:
        return this.takeClose(payload);
      default:
        return this.takeFragment(payload, head.final);
    }
  }

  private takeFragment(payload: Buffer, final: boolean): void {
    const fragments = (this.fragments ??= []);
    fragments.push(payload);
    this.messageBytes += payload.length;
    if (fragments.length > this.limits.maxFragments) {
      throw new FrameError(1008, `more than ${this.limits.maxFragments} fragments`);
    }
    if (final) {
      this.fragments = undefined;
      this.messageBytes = 0;
      this.sink.text(decode(fragments.length === 1 ? payload : Buffer.concat(fragments)));
    }
  }

  private takeClose(payload: Buffer): void {
    this.ended = true; // whatever follows is not looked at
    if (payload.length === 0) {
      this.sink.close(1005, '');
      return;
    }
    const code = payload.length >= 2 ? payload.readUInt16BE(0) : 0;
    if (!isCloseCode(code)) {
      throw new FrameError(1002, 'a close frame without a valid code');
    }
    this.sink.close(code, decode(payload.subarray(2)));
  }
}
