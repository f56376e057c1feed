import { randomFillSync } from 'node:crypto';

/** A frame of a client: final and masked (RFC 6455, section 5.3). */
export function encodeFrame(code: number, payload: Buffer): Buffer {
  const { length } = payload;
  const more = length < 126 ? 0 : length < 0x10000 ? 2 : 8;
  const frame = Buffer.allocUnsafe(2 + more + 4 + length);
  frame[0] = 0x80 | code;
  frame[1] = 0x80 | (more === 0 ? length : more === 2 ? 126 : 127);
  if (more === 2) {
    frame.writeUInt16BE(length, 2);
  } else if (more === 8) {
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  const mask = randomFillSync(frame.subarray(2 + more, 6 + more));
  const body = frame.subarray(6 + more);
  for (let i = 0; i < length; ++i) {
    body[i] = (payload[i] as number) ^ (mask[i & 3] as number);
  }
  return frame;
}

/** The payload of a close frame; the reason is cut to what a control frame holds. */
export function closePayload(code: number, reason: string): Buffer {
  let text = Buffer.from(reason).subarray(0, 123);
  while (text.length > 0 && text.toString().includes('\ufffd')) {
    text = text.subarray(0, -1); // not in the middle of a character
  }
  const payload = Buffer.alloc(2 + text.length);
  payload.writeUInt16BE(code, 0);
  text.copy(payload, 2);
  return payload;
}
