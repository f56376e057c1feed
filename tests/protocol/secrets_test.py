"""What people send never forges a line of the log, and what they keep secret never shows
(RELIABILITY, row 34): hostile text in every field that a client or a file can fill, and canaries in
every place of a credential, looked for wherever the server writes."""
import base64
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from server_process import Server, program
from wsraw import (CLOSE, TEXT, Connection, close_frame, frame, request, upgrade_headers,
                   wait_until)

LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (debug|info |warn |error) [a-z-]+: .*"
    r"|(listening on|tickstock:) .*")
# Control characters, C1, line separators, marks that turn the reading direction.
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u061c\u2028-\u202e\u2066-\u2069\ufeff]")
LONGEST = 4096
GROUP = 5  # texts a server, so that no line is suppressed as one too many

FORGED = "2026-01-05T14:30:00.123Z error server: forged"
HOSTILE = ["\r\n" + FORGED, "\n" + FORGED, "\r" + FORGED, "\x1b[2J\x1b[31mred", "\x00after",
           "\x07\x08\x7f", "\u202egnp.exe", "\u2066isolated\u2069", "\u2028" + FORGED,
           "\x85" + FORGED, "{}{0}{:>99999}%s%n%x", "${jndi:ldap://x}", "<script>alert(1)</script>",
           "'; DROP TABLE users; --", "a" * 5000, "\ud800".encode("utf-8", "surrogatepass"),
           b"\xff\xfe\xc0\xaf", "\u202e".encode()[:2], "日本 😀 é"]


def raw(text):
    return text if isinstance(text, bytes) else text.encode()


def hostile_files(folder, texts):
    """A file of trades a text: in the symbol, the numbers and by itself. One of each reason a file
    is told in the log."""
    files = []
    for number, text in enumerate(texts):
        rows = [b"ticker,price,size,timestamp", b"AAA,100.00,100,1709649000000",
                raw(text) + b",100,100,1709649000000", b"AAA," + raw(text) + b",100,1709649000000",
                b"AAA,100,100," + raw(text), raw(text)]
        path = pathlib.Path(folder) / f"hostile-{number}.csv"
        path.write_bytes(b"\n".join(rows) + b"\n")
        files += ["--file", str(path)]
    return files


def percent(text):
    return "".join(f"%{byte:02x}" for byte in raw(text))


def ask(server, data, frames=b""):
    """Sends it; all that comes until the server has closed."""
    with Connection(server.port) as connection:
        connection.send(data)
        if not frames:
            return connection.rest()
        reply = connection.reply()
        said = repr(reply).encode()
        if reply is not None and reply.status == 101:
            connection.send(frames + close_frame(1000))
            while (message := connection.message()) is not None:
                said += message[1]
                if message[0] == CLOSE:
                    connection.send(close_frame(1000))
        return said


END = ("Connection", "close")


def hurl(server, text):
    """The text in every place of a request and of a message."""
    coded, byte_text = percent(text), raw(text)
    as_field = re.sub(rb"[\x00-\x08\x0a-\x1f\x7f]", b"_", byte_text)[:4000].decode("latin-1")
    for path in (f"/{coded}", f"/api/v1/symbols/{coded}", f"/api/v1/events?symbol={coded}",
                 f"/api/v1/events/stream?types={coded}", f"/api/v1/channels/{coded}",
                 f"/api/v1/universes/{coded}", f"/socket.io/?EIO={coded}&transport=polling"):
        ask(server, request(path[:8000], headers=(END,)))
    for name in ("User-Agent", "Referer", "X-Forwarded-For", "Accept", "Cookie", "Last-Event-ID",
                 "Authorization", "Origin", "Host"):
        fields = request("/api/v1/status", host=None if name == "Host" else "127.0.0.1",
                         headers=((name, as_field), END))
        ask(server, fields)
        ask(server, fields.replace(as_field.encode("latin-1"), byte_text))
    for method, path in (("POST", f"/api/v1/symbols/{coded}/halt"),
                         ("POST", f"/api/v1/rules/{coded}/off"),
                         ("PUT", f"/api/v1/universes/{coded}"),
                         ("POST", "/api/v1/symbols/AAA/halt")):
        wrapped = {"reason": byte_text.decode("latin-1"), "symbols": ["AAA"]}
        for body in (json.dumps(wrapped).encode(), b'{"reason":"' + byte_text + b'"}'):
            ask(server, request(path[:8000], method=method, body=body, headers=(
                END, ("Content-Type", "application/json"), ("Content-Length", str(len(body))))))
    messages = b"".join(
        frame(TEXT, json.dumps({"op": "subscribe", **member}).encode()) for member in (
            {"id": byte_text.decode("latin-1")[:60]}, {"id": "a", "symbols": [as_field[:16]]},
            {"id": "b", "types": [as_field]}, {"id": "c", as_field: 1},
            {"id": "d", "since": {"epoch": as_field, "offset": 1}}))
    ask(server, request("/ws", headers=(*upgrade_headers(), ("User-Agent", as_field))),
        messages + frame(TEXT, json.dumps({"op": as_field}).encode()))
    ask(server, request("/ws", headers=upgrade_headers()), frame(TEXT, byte_text))
    ask(server, request("/ws", headers=upgrade_headers()), close_frame(4000, byte_text[:100]))
    ask(server, byte_text + b"\r\n\r\n")


def check_log(lines):
    for line in lines:
        text = line.decode()  # all of it is UTF-8
        assert LINE.fullmatch(text), f"not a line of the log: {line[:200]!r}"
        found = FORBIDDEN.search(text)
        assert not found, f"{found.group()!r} in the log: {line[:200]!r}"
        assert len(line) <= LONGEST, f"a line of {len(line)} bytes"


def hostile_text():
    lines = 0
    for at in range(0, len(HOSTILE), GROUP):
        texts = HOSTILE[at:at + GROUP]
        with tempfile.TemporaryDirectory(prefix="tickstock_hostile_") as folder:
            source = ("--source", "replay", *hostile_files(folder, texts), "--speed", "0",
                      "--no-loop")
            with Server(source=source) as server:
                for text in texts:
                    hurl(server, text)
                assert server.is_alive()
                assert server.stop() == 0
                check_log(server.lines)
                told = {name for line in server.lines
                        for name in re.findall(rb"hostile-\d+\.csv", line)}
                assert len(told) == len(texts), f"rejects of {len(told)} files in the log"
                lines += len(server.lines)
    print(f"hostile text: {len(HOSTILE)} texts in every field, {lines} lines of log, each one line")


# --- secrets ----------------------------------------------------------------------------------


def tool(*arguments):
    return subprocess.run([program("TICKSTOCK_BINARY"), "token", *arguments], check=True,
                          capture_output=True, text=True, timeout=60).stdout.strip()


def fields_of(credential):
    """Every way in which people send a credential, also the wrong ones."""
    basic = base64.b64encode(b"user:" + credential.encode()).decode()
    return [(("Authorization", f"Bearer {credential}"),),
            (("Authorization", f"bearer {credential}"),),
            (("Authorization", f"Basic {basic}"),), (("Authorization", credential),),
            (("Cookie", f"session={credential}; token={credential}"),),
            (("X-API-Key", credential),), (("Proxy-Authorization", f"Bearer {credential}"),),
            (("Referer", f"https://desk.example/?token={credential}"),),
            (("User-Agent", f"tool {credential}"),)]


def send_everywhere(server, credential):
    """All that the server answers to it."""
    said = b""
    for fields in fields_of(credential):
        for path in ("/api/v1/status", "/api/v1/me", "/api/v1/missing", "/metrics"):
            said += ask(server, request(path, headers=(*fields, END)))
        said += ask(server, request("/ws", headers=(*upgrade_headers(), *fields)),
                    frame(TEXT, b'{"op":"ping"}'))
        said += ask(server, request("/api/v1/channels/tick/resume", method="POST",
                                    headers=(*fields, END)))
    for query in ("token", "access_token", "api_key", "ticket", "auth"):
        for path in ("/api/v1/events", "/api/v1/events/stream", "/ws", "/socket.io/"):
            said += ask(server, request(f"{path}?{query}={credential}&EIO=4&transport=polling",
                                        headers=(END,)))
    for offered in (f"tickstock, ticket.{credential}", f"bearer.{credential}", credential):
        said += ask(server, request("/ws", headers=(*upgrade_headers(),
                                                    ("Sec-WebSocket-Protocol", offered))),
                    frame(TEXT, b'{"op":"ping"}'))
    for member in ("token", "ticket", "password"):
        said += ask(server, request("/ws", headers=upgrade_headers()),
                    frame(TEXT, json.dumps({"op": "auth", member: credential}).encode()))
    said += ask(server, request("/ws", headers=upgrade_headers()), frame(TEXT, credential.encode()))
    said += ask(server, request("/ws", headers=upgrade_headers()),
                close_frame(4001, credential[:100].encode()))
    return said


def written_files(folder):
    for place, _, names in os.walk(folder):
        for name in names:
            path = pathlib.Path(place) / name
            if path.is_file():
                yield path, path.read_bytes()


def secrets():
    with tempfile.TemporaryDirectory(prefix="tickstock_secrets_") as folder:
        key_file, keys = f"{folder}/hs256.key", f"{folder}/keys.json"
        tool("secret", "--out", key_file)
        token = tool("mint", "--user", "ann", "--role", "admin", "--algorithm", "HS256",
                     "--key-file", key_file)
        made = tool("key", "--user", "bob", "--role", "viewer", "--data", folder, "--set",
                    f"auth.api_keys_file={keys}")
        api_key = re.search(r"tsk_\S+", made).group()
        settings = {"auth.mode": "required", "auth.jwt_algorithm": "HS256",
                    "auth.jwt_key_file": key_file, "auth.api_keys_file": keys,
                    "auth.failures_per_minute": 1000000}
        forged = ".".join((*token.split(".")[:2], "CanaryCanaryCanaryCanaryCanaryCanaryCanaryC"))
        with Server(settings) as server:
            def admin(path, method="GET"):
                with Connection(server.port) as connection:
                    return connection.get(path, (("Authorization", f"Bearer {token}"),),
                                          method=method)

            assert admin("/api/v1/me").status == 200
            ticket = json.loads(admin("/api/v1/ticket", "POST").body)["ticket"]
            secret_text = pathlib.Path(key_file).read_text().strip()
            credentials = {"a token": token, "an API key": api_key, "a ticket": ticket,
                           "a forged token": forged, "a wrong key": "tsk_CanaryCanary_" + "x" * 43,
                           "a word": "CanaryPassword123"}
            answers = b"".join(send_everywhere(server, one) for one in credentials.values())
            wait_until(lambda: b"tickstock" in admin("/metrics").body, "the metrics")
            pages = b"".join(admin(path).body for path in (
                "/metrics", "/api/v1/status", "/api/v1/connections", "/api/v1/decisions",
                "/api/v1/config", "/api/v1/me", "/readyz"))
            command_line = server.command_line()
            places = {"the answers": answers, "the pages": pages, "the command line": command_line}
            assert server.is_alive()
            files = list(written_files(server.folder))
            assert server.stop() == 0
            places["the log"] = b"\n".join(server.lines)
            places.update({str(path): data for path, data in (*files, *written_files(folder))
                           if str(path) != key_file})
            check_log(server.lines)
        credentials["the HS256 secret"] = secret_text
        # The end of each is what proves it: signature, secret half, itself.
        marks = {name: text[-16:].encode() for name, text in credentials.items()}
        faults = [f"{name} shows in {place}" for name, mark in marks.items()
                  for place, data in places.items() if mark in data]
        print(f"secrets: {len(marks)} kinds sent in {len(fields_of('x')) * 6 + 27} ways each, "
              f"looked for in {len(places)} places, {len(faults)} found")
        assert not faults, "\n  ".join(["found:", *faults])


if __name__ == "__main__":
    hostile_text()
    secrets()
    sys.exit(0)
