"""The limits on one client, as shipped (RELIABILITY, rows 16 to 18 and 21), with a good client
beside: slow heads and bodies, messages too long, fragments, floods, RSS."""
import json
import os
import sys
import time

from good_client import GoodClient
from server_process import Server
from wsraw import (BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, Connection, Silence, frame,
                   request, wait_until)

FLOOD = int(os.environ.get("TICKSTOCK_FLOOD", "100000"))  # frames; the long run sends a million
MEBI = 1 << 20
HALF_OPEN = 2000
RSS_SLACK = 4 * MEBI  # of floods of two million frames: two bytes a frame would show
FEW = 16  # descriptors that the engine may have opened meanwhile


def open_ws(port, source="127.0.0.2"):
    connection = Connection(port, source=source)
    assert connection.upgrade().status == 101
    return connection


def code_after(port, data):
    with open_ws(port) as connection:
        connection.send(data)
        return connection.close_code()


def slow_heads(server):
    """Slowloris: 2,000 heads that never end. Others are served; these are closed in time."""
    before = server.open_files()
    good = GoodClient(server.port)
    sockets = []
    for number in range(HALF_OPEN):
        one = Connection(server.port, source=f"127.0.1.{1 + number % 40}")
        one.send(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        sockets.append(one)
    began = time.monotonic()
    served = 0
    for _ in range(20):  # two seconds, a byte of each head every 100 ms
        for one in sockets:
            one.send(b"a")
        with Connection(server.port) as other:
            assert other.get("/healthz").status == 200
            served += 1
        time.sleep(0.05)
    for one in sockets:
        one.socket.settimeout(30)
        data = one.rest()  # ends, with 408 or without a word
        assert data == b"" or data.startswith(b"HTTP/1.1 408 "), data[:80]
        one.socket.close()
    took = time.monotonic() - began
    wait_until(lambda: server.open_files() <= before + FEW, "the descriptors come back")
    print(f"slow heads: {HALF_OPEN} closed within {took:.1f} s, {served} others served; "
          + good.stop())


def slow_bodies(server):
    """A byte of a command's body now and then: 408 when the time is over."""
    bodies = []
    for number in range(200):
        one = Connection(server.port, source=f"127.0.1.{1 + number % 40}")
        one.send(request("/api/v1/channels/fmv/resume", method="POST",
                         headers=(("Content-Type", "application/json"), ("Content-Length", "500"))))
        bodies.append(one)
    began = time.monotonic()
    while time.monotonic() - began < 2:
        for one in bodies:
            one.send(b" ")
        time.sleep(0.2)
    for one in bodies:
        reply = one.reply()
        assert reply is not None and reply.status == 408, reply
        one.socket.close()
    print(f"slow bodies: {len(bodies)} answered 408 within {time.monotonic() - began:.1f} s")


def long_messages(server):
    """Row 17: refused by what is announced, before it comes, and without memory for it."""
    limit = 64 << 10
    with open_ws(server.port) as connection:
        connection.send(frame(TEXT, b" " * limit))
        while b'"bad_json"' not in connection.message()[1]:
            pass
    assert code_after(server.port, frame(TEXT, b" " * (limit + 1))) == 1009
    for size in (limit + 1, MEBI, 1 << 31, 1 << 32, 1 << 40, (1 << 63) - 1):
        for opcode in (TEXT, BINARY):
            code = code_after(server.port, frame(opcode, b"x", form=64, length=size))
            assert code == 1009, (size, code)
    for size in (1 << 63, (1 << 64) - 1):
        assert code_after(server.port, frame(TEXT, b"x", form=64, length=size)) in (1002, 1009)
    parts = frame(TEXT, b" " * 40000, fin=False) + frame(CONTINUATION, b" " * 40000)
    assert code_after(server.port, parts) == 1009
    before = server.resident_bytes()
    held = [open_ws(server.port, f"127.0.2.{1 + number % 40}") for number in range(500)]
    for one in held:  # announced and not sent: it may cost what it announces, not more
        one.send(frame(TEXT, b" " * 100, length=limit, form=64))
    time.sleep(0.5)
    each = (server.resident_bytes() - before) / len(held)
    for one in held:
        one.socket.close()
    assert each < 2 * limit, each
    print(f"long messages: 1009 from {limit + 1} bytes on; {each / 1024:.0f} KiB a connection that "
          f"announces {limit >> 10} KiB and sends 100 bytes")


def many_fragments(server):
    """Row 18: a message of at most 64 fragments; a million of a byte each are not read."""
    with open_ws(server.port) as connection:
        connection.send(frame(TEXT, b" ", fin=False) + frame(CONTINUATION, b" ", fin=False) * 62
                        + frame(CONTINUATION, b" "))
        while b'"bad_json"' not in connection.message()[1]:
            pass
    sixty_five = frame(TEXT, b" ", fin=False) + frame(CONTINUATION, b" ", fin=False) * 64
    assert code_after(server.port, sixty_five) == 1008
    assert code_after(server.port, frame(TEXT, fin=False)
                      + frame(CONTINUATION, fin=False) * 64) == 1008
    with open_ws(server.port) as connection:  # endless, however slowly they come
        connection.send(frame(TEXT, b" ", fin=False))
        for _ in range(63):
            connection.send(frame(CONTINUATION, b" ", fin=False))
            time.sleep(0.002)
        connection.send(frame(CONTINUATION, b" ", fin=False))
        assert connection.close_code() == 1008
    print("fragments: 64 pass, 1008 at the 65th")


FLOODS = {"pings": frame(PING, b"x"), "pongs": frame(PONG, b"x"),
          "empty pings": frame(PING), "messages": frame(TEXT, b'{"op":"ping"}'),
          "empty messages": frame(TEXT),
          "subscriptions": frame(TEXT, b'{"op":"subscribe","id":"a"}'),
          "fragments": frame(CONTINUATION, b"x", fin=False)}


def flood(server, kind, reads=True):
    """Sends FLOOD frames, or as many as the connection takes; how many it sent."""
    one = FLOODS[kind]
    with open_ws(server.port, "127.0.3.1") as connection:
        if kind == "fragments":
            connection.send(frame(TEXT, b"x", fin=False))
        sent, group = 0, 500
        connection.socket.settimeout(3)
        try:
            while sent < FLOOD and connection.send(one * group):
                sent += group
        except TimeoutError:
            pass  # the server reads no more of it
        if reads:
            connection.socket.settimeout(20)
            code = connection.close_code()
            assert code in (1008, None), code  # None: reset before the Close was read
        return sent


def floods(server):
    good = GoodClient(server.port)
    for kind in FLOODS:
        with open_ws(server.port, "127.0.3.2") as connection:  # few enough to read the code
            start = frame(TEXT, b"x", fin=False) if kind == "fragments" else b""
            connection.send(start + FLOODS[kind] * 90)
            assert connection.close_code() == 1008, kind
        began, sent = time.monotonic(), 0
        while sent == 0 or time.monotonic() - began < 0.5:
            sent += flood(server, kind) + flood(server, kind, reads=False)
        print(f"flood of {kind}: 1008, {sent} sent in {time.monotonic() - began:.1f} s")
    rates(server)
    print("floods: " + good.stop())


def resident():
    """Row 21: memory stays flat. A market that hardly moves, so that nothing else grows."""
    quiet = ("--source", "synthetic", "--symbols", "1", "--speed", "0.001")
    with Server(source=quiet) as server:
        sizes = []
        for _ in range(4):
            for kind in FLOODS:
                flood(server, kind)
                flood(server, kind, reads=False)
            sizes.append(server.resident_bytes())
    assert sizes[-1] - sizes[0] < RSS_SLACK, f"resident after each round: {sizes}"
    print(f"resident: {(sizes[-1] - sizes[0]) >> 10} KiB more after three further rounds of floods")


def both_close(server):
    """A close of ours with more of the client's right behind it: the library's two ways of closing
    wait for each other, and its read of a whole message goes on beside its close. Nothing may be
    left of the connection all the same, and the server lives."""
    def open_now():
        with Connection(server.port) as connection:
            return json.loads(connection.get("/api/v1/status").body)["clients"]["websocket"]

    wait_until(lambda: open_now() == 0, "all that was before is gone")
    reasons = {"fragments": frame(TEXT, b"x", fin=False) + frame(CONTINUATION, fin=False) * 70,
               "messages": frame(TEXT, b"{}") * 90, "pings": frame(PING) * 90,
               "binary": frame(BINARY, b"x")}
    broken = (frame(TEXT, b"x", mask=None), frame(7, b"x"), frame(TEXT, b"\xff"),
              frame(TEXT, form=64, length=1 << 40),
              *(frame(CONTINUATION, b"data", fin=False) + after
                for after in (frame(PING), frame(PONG), frame(CLOSE), frame(14, b"x"))))
    held = []
    for reason in reasons.values():
        for bad in broken:
            for together in (True, False):
                held.append(open_ws(server.port))
                held[-1].send(reason + bad if together else reason)
                if not together:
                    held[-1].send(bad)
    for connection in held:
        connection.rest()
        connection.socket.close()
    wait_until(lambda: open_now() == 0, "no connection is left")
    print(f"both close: {len(held)} connections, none left")


def rates(server):
    """Within the rates a client is served: 40 messages at once, 20 control frames at once."""
    with open_ws(server.port) as connection:
        connection.send(frame(TEXT, b'{"op":"ping","id":"m"}') * 40 + frame(PING, b"p") * 20)
        seen = {"m": 0, "p": 0}
        while seen != {"m": 40, "p": 20}:
            kind, payload = connection.message()
            assert kind in (TEXT, PONG), payload
            seen["p"] += kind == PONG
            seen["m"] += b'"pong"' in payload


def main():
    settings = {"server.handshake_timeout_seconds": 3}
    with Server(settings) as server:
        for part in (slow_heads, slow_bodies, long_messages, many_fragments, floods, both_close):
            if len(sys.argv) < 2 or part.__name__ in sys.argv[1:]:
                part(server)
                assert server.is_alive(), "the server died"
    if len(sys.argv) < 2 or "resident" in sys.argv[1:]:
        resident()


if __name__ == "__main__":
    try:
        main()
    except Silence as silence:
        sys.exit(f"waited in vain: {silence}")
