"""A WebSocket and HTTP/1.1 client on plain sockets, written from RFC 6455 and RFC 9112. It sends
whatever bytes a test wants, also wrong ones, and holds the server to the letter in what it reads.
It shares no code with the server. One connection belongs to one thread."""
import base64
import dataclasses
import hashlib
import os
import socket
import time

# Everything that a test needs comes from here.
from wsframe import (  # noqa: F401
    BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Frame, ServerFault, check_close, close_frame,
    close_payload, frame, is_close_code, masked)

PATIENCE = 60.0  # seconds until a wait counts as a failure

KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # RFC 6455, 1.3
ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Silence(AssertionError):
    """Nothing came for the time that was allowed."""


# --- HTTP -------------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Reply:
    status: int
    headers: tuple  # of (name in lower case, value)
    body: bytes

    def header(self, name):
        values = [value for key, value in self.headers if key == name]
        return values[-1] if values else None


def request(target="/healthz", *, method="GET", version="HTTP/1.1", host="127.0.0.1", headers=(),
            body=b""):
    """A request's bytes; host None leaves the header out."""
    lines = [f"{method} {target} {version}"]
    if host is not None:
        lines.append(f"Host: {host}")
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def upgrade_headers(key=KEY, version="13"):
    return (("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Key", key),
            ("Sec-WebSocket-Version", version))


def accept_of(key):
    digest = hashlib.sha1((key + ACCEPT_GUID).encode()).digest()
    return base64.b64encode(digest).decode()


class Connection:
    """A socket to the server, with the bytes that came and were not read yet."""

    def __init__(self, port, *, source=None, receive_buffer=None, patience=PATIENCE):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(patience)
        self.patience = patience
        self.port = port
        self.buffer = b""
        if source:
            self.socket.bind((source, 0))
        try:
            self.socket.connect(("127.0.0.1", port))
        except OSError:
            self.socket.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """False when the server has closed: what it said before is still to be read."""
        try:
            self.socket.sendall(data)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def _receive(self):
        """False at the end of the connection."""
        try:
            part = self.socket.recv(1 << 18)
        except socket.timeout:
            raise Silence(f"nothing came for {self.patience} s") from None
        except (ConnectionResetError, BrokenPipeError):
            return False
        self.buffer += part
        return bool(part)

    def read(self, size):
        """Exactly `size` bytes, or None when the connection ends before."""
        parts, missing = [], size
        while True:
            parts.append(self.buffer[:missing])
            self.buffer = self.buffer[missing:]
            missing -= len(parts[-1])
            if missing == 0:
                return b"".join(parts)
            if not self._receive():
                return None

    def rest(self):
        """What comes up to the end of the connection."""
        while self._receive():
            pass
        data, self.buffer = self.buffer, b""
        return data

    def is_quiet(self, seconds):
        """True when nothing comes, not even the end, for so long."""
        if self.buffer:
            return False
        self.socket.settimeout(seconds)
        try:
            self._receive()
            return False
        except Silence:
            return True
        finally:
            self.socket.settimeout(self.patience)

    # HTTP

    def _line(self):
        """Bytes up to CR LF, or None at the end of the connection."""
        while b"\r\n" not in self.buffer:
            if not self._receive():
                return None
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def reply(self, *, head_only=False):
        """The next response, or None when the connection ends before one."""
        first = self._line()
        if first is None:
            if self.buffer:
                raise ServerFault(f"half a response: {self.buffer[:80]!r}")
            return None
        version, status, _ = first.split(b" ", 2)
        if version != b"HTTP/1.1" or len(status) != 3:
            raise ServerFault(f"not a status line: {first!r}")
        headers = []
        while line := self._line():
            name, colon, value = line.partition(b":")
            if not colon or name != name.strip() or not name:
                raise ServerFault(f"not a header: {line!r}")
            headers.append((name.decode().lower(), value.strip().decode("latin-1")))
        reply = Reply(int(status), tuple(headers), b"")
        if reply.status < 200 or reply.status == 304 or head_only:
            return reply
        length = reply.header("content-length")
        body = self.rest() if length is None else self.read(int(length))
        if body is None:
            raise ServerFault("the body ended before its Content-Length")
        return dataclasses.replace(reply, body=body)

    def get(self, target, headers=(), **more):
        self.send(request(target, headers=headers, **more))
        return self.reply()

    # WebSocket

    def upgrade(self, target="/ws", headers=(), host=None):
        """The handshake; the reply, whose form is checked when it is 101."""
        key = base64.b64encode(os.urandom(16)).decode()
        self.send(request(target, host=host or f"127.0.0.1:{self.port}",
                          headers=(*upgrade_headers(key), *headers)))
        reply = self.reply()
        if reply is None:
            raise ServerFault("the connection ended within the handshake")
        if reply.status == 101:
            if reply.header("sec-websocket-accept") != accept_of(key):
                raise ServerFault("a wrong Sec-WebSocket-Accept")
            if (reply.header("upgrade") or "").lower() != "websocket":
                raise ServerFault("no Upgrade: websocket in the answer")
            if "upgrade" not in (reply.header("connection") or "").lower():
                raise ServerFault("no Connection: Upgrade in the answer")
        return reply

    def frame(self):
        """The server's next frame, held to RFC 6455; None at the end of the connection."""
        head = self.read(2)
        if head is None:
            if self.buffer:
                raise ServerFault(f"half a frame: {self.buffer[:20]!r}")
            return None
        opcode, length = head[0] & 15, head[1] & 127
        if head[0] & 0x70:
            raise ServerFault("a reserved bit is set, with no extension agreed (5.2)")
        if head[1] & 0x80:
            raise ServerFault("a server must not mask (5.1)")
        if opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
            raise ServerFault(f"opcode {opcode} is reserved (5.2)")
        fin = bool(head[0] & 0x80)
        if opcode >= CLOSE and (not fin or length > 125):
            raise ServerFault("a control frame is whole and at most 125 bytes long (5.5)")
        if length >= 126:
            wide = self.read(2 if length == 126 else 8)
            if wide is None:
                raise ServerFault("the connection ended within a frame's head")
            least = 126 if length == 126 else 65536
            length = int.from_bytes(wide, "big")
            if length < least or length >= 1 << 63:
                raise ServerFault(f"length {length} is not in its shortest form (5.2)")
        payload = self.read(length)
        if payload is None:
            raise ServerFault("the connection ended within a frame")
        if opcode == CLOSE:
            check_close(payload)
        return Frame(fin, opcode, payload)

    def message(self):
        """(opcode, payload) of the next message or control frame; None at the end."""
        whole, kind = b"", None
        while (one := self.frame()) is not None:
            if one.opcode >= CLOSE:
                return one.opcode, one.payload
            if (one.opcode == CONTINUATION) != (kind is not None):
                raise ServerFault("fragments do not follow each other (5.4)")
            kind = one.opcode if kind is None else kind
            whole += one.payload
            if one.fin:
                if kind == TEXT:
                    whole.decode()  # raises where the server's text is no UTF-8
                return kind, whole
        return None

    def close_code(self):
        """Passes over frames until the server's Close; its code, None where it has none or where
        the connection ends without one."""
        end = time.monotonic() + self.patience
        while (one := self.frame()) is not None:
            if time.monotonic() > end:
                raise Silence(f"no Close for {self.patience} s")
            if one.opcode == CLOSE:
                return one.code
        return None


def wait_until(condition, what, patience=PATIENCE):
    """Asks until it holds; its value."""
    end = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Silence(f"not within {patience} s: {what}")
        time.sleep(0.02)
