"""Shared by alerts_test.py: what a server says of its alerts, the other end of a webhook, and rows
to push."""
import http.server
import json
import threading
import time

from support import PATIENCE

NDJSON = {"Content-Type": "application/x-ndjson"}
START_MS = 1709650800000  # Tuesday 2024-03-05 10:00 in New York
PUSH = ("--source", "push", "--set", "source.clock=event")
# Looks and windows that a test can wait for.
QUICK = ("--set", "monitoring.interval_seconds=0.1", "--set", "monitoring.window_seconds=2",
         "--set", "monitoring.feed_stale_seconds=3600")
SECRET = "a secret of thirty-two bytes or so"


def until(holds, what, patience=PATIENCE):
    end = time.monotonic() + patience
    while not (result := holds()):
        assert time.monotonic() < end, f"never saw: {what() if callable(what) else what}"
        time.sleep(0.05)
    return result


class Alerts:
    """What a server says of its alerts."""

    def __init__(self, server):
        self.server = server

    def page(self, query=""):
        return self.server.page("/api/v1/alerts" + query)

    def active(self, kind, channel=None):
        return next((one for one in self.page()["active"]
                     if one["type"] == kind and one["channel"] == channel), None)

    def raised(self, kind, channel=None, severity=None):
        """Waits until it stands."""
        def find():
            one = self.active(kind, channel)
            return one if one and severity in (None, one["severity"]) else None
        return until(find, lambda: f"{kind} of {channel}: {self.page()['active']}")

    def seen(self, kind, channel=None, severity=None):
        """Waits until it stands or has stood: of causes that pass by themselves."""
        def find():
            page = self.page()
            return next((one for one in page["active"] + page["recent"]
                         if one["type"] == kind and one["channel"] == channel
                         and severity in (None, one["severity"])), None)
        return until(find, lambda: f"{kind} of {channel}: {self.page()}")

    def resolved(self, kind, channel=None):
        """Waits until it does not stand any more; how it was resolved."""
        until(lambda: self.active(kind, channel) is None, f"the end of {kind}")
        return next(one for one in self.page()["recent"]
                    if one["type"] == kind and one["channel"] == channel)


class Hook:
    """A webhook's other end: answers as planned (then 204), keeps what it was sent."""

    def __init__(self, plan=(), context=None):
        hook = self
        self.plan = list(plan)
        self.received = []  # (path, headers, body, status)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = hook.plan.pop(0) if hook.plan else 204
                hook.received.append((self.path, dict(self.headers), body, status))
                if status == 0:  # hangs up without an answer
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def taken(self):
        """(change, type, severity) of what it took."""
        notices = [json.loads(body) for _, _, body, status in list(self.received) if status == 204]
        return [(one["change"], one["alert"]["type"], one["alert"]["severity"]) for one in notices]


def push(server, rows):
    status, answer = server.request("POST", "/api/v1/ingest", "\n".join(map(json.dumps, rows)), NDJSON)
    assert status == 200, answer
    assert answer["accepted"] == len(rows), answer
    return answer


def take_rows(server):
    """Until the engine takes rows."""
    until(lambda: server.request("POST", "/api/v1/ingest", "\n", NDJSON)[0] == 200, "rows are taken")


class Clock:
    """Trades of one symbol, a second apart."""

    def __init__(self):
        self.second = 0

    def trades(self, count):
        rows = []
        for _ in range(count):
            self.second += 1
            rows.append({"symbol": "AAA", "price": 100, "size": 100, "id": str(self.second),
                         "timestamp": START_MS + self.second * 1000})
        return rows

    def values(self, count, confidence):
        rows = []
        for _ in range(count):
            self.second += 1
            rows.append({"type": "fmv", "symbol": "AAA", "fmv": 100.1, "market_price": 100,
                         "confidence": confidence, "timestamp": START_MS + self.second * 1000})
        return rows
