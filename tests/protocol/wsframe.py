"""WebSocket frames as RFC 6455 writes them, and as it does not: for wsraw.py."""
import dataclasses
import struct

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
MASK = b"\x37\xfa\x21\x3d"


class ServerFault(AssertionError):
    """The server sent what RFC 6455 or RFC 9112 forbids a server to send."""


def masked(payload, key):
    """`payload` with each byte i XORed with key[i % 4] (RFC 6455, 5.3); its own inverse."""
    if key == b"\0\0\0\0" or not payload:
        return payload
    size = len(payload)
    stream = (key * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(stream, "big")).to_bytes(size, "big")


def frame(opcode, payload=b"", *, fin=True, rsv=0, mask=MASK, form=None, length=None):
    """A frame's bytes. `mask` None sends it unmasked. `form` 7, 16 or 64 forces that many bits for
    the length, also where fewer would do; `length` is declared in place of the payload's own."""
    length = len(payload) if length is None else length
    if form is None:
        form = 7 if length < 126 else 16 if length < 65536 else 64
    masks = 0x80 if mask is not None else 0
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode])
    if form == 7:
        head += bytes([masks | length])
    elif form == 16:
        head += bytes([masks | 126]) + struct.pack(">H", length)
    else:
        head += bytes([masks | 127]) + struct.pack(">Q", length)
    return head + (payload if mask is None else mask + masked(payload, mask))


def close_payload(code, reason=b""):
    return struct.pack(">H", code) + reason


def close_frame(code=None, reason=b"", **more):
    return frame(CLOSE, b"" if code is None else close_payload(code, reason), **more)


def is_close_code(code):
    """What may stand in a Close frame: RFC 6455, 7.4, with the codes that IANA registered later."""
    return code in (1000, 1001, 1002, 1003, *range(1007, 1015)) or 3000 <= code <= 4999


@dataclasses.dataclass(frozen=True)
class Frame:
    fin: bool
    opcode: int
    payload: bytes

    @property
    def code(self):
        """Of a Close frame; None without one."""
        return struct.unpack(">H", self.payload[:2])[0] if len(self.payload) >= 2 else None


def check_close(payload):
    if len(payload) == 1:
        raise ServerFault("a Close body of one byte (5.5.1)")
    if payload:
        code = struct.unpack(">H", payload[:2])[0]
        if not is_close_code(code):
            raise ServerFault(f"{code} must not stand in a Close frame (7.4)")
        payload[2:].decode()
