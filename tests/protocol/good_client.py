"""A client that behaves, on a thread of its own, beside those that do not: it subscribes, holds the
server to its promise (frames without a hole, no gap) and asks it something four times a second."""
import json
import select
import threading
import time

from wsraw import PING, PONG, TEXT, Connection, frame

PAUSE = 0.25  # seconds between two questions


class GoodClient:
    """Begins at once; stop() gives what it saw, and raises where something was amiss."""

    def __init__(self, port, source="127.0.0.1", target="/ws"):
        self._connection = Connection(port, source=source)
        reply = self._connection.upgrade(target)
        assert reply.status == 101, reply
        self._connection.send(frame(TEXT, json.dumps(
            {"op": "subscribe", "id": "good", "since": "now"}).encode()))
        self._stopping = threading.Event()
        self._fault = None
        self.frames = self.events = self.answers = 0
        self.slowest = 0.0  # seconds from a question to its answer
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        try:
            self._talk()
        except Exception as error:  # pylint: disable=broad-except
            self._fault = f"{type(error).__name__}: {error}"

    def _talk(self):
        position, asked_at = None, None
        next_at = time.monotonic()
        while not self._stopping.is_set() or asked_at is not None:
            now = time.monotonic()
            if asked_at is None and now >= next_at:
                self._connection.send(frame(TEXT, b'{"op":"ping","id":"good"}'))
                asked_at, next_at = now, now + PAUSE
            if not self._has_news():
                continue
            kind, payload = self._next()
            if kind == PING:
                self._connection.send(frame(PONG, payload))
            if kind != TEXT:
                continue
            self.frames += 1
            said = json.loads(payload)
            if said["op"] == "subscribed":
                position = said["position"]["offset"]
            elif said["op"] == "events":
                assert said["first"] == position + 1, (said["first"], position)
                position = said["last"]
                self.events += len(said["events"])
            elif said["op"] == "pong":
                self.answers += 1
                self.slowest = max(self.slowest, time.monotonic() - asked_at)
                asked_at = None
            else:
                assert said["op"] == "heartbeat", said

    def _has_news(self):
        if self._connection.buffer:
            return True
        poll = select.poll()
        poll.register(self._connection.socket, select.POLLIN)
        return bool(poll.poll(50))

    def _next(self):
        message = self._connection.message()
        assert message is not None, "the connection ended"
        assert message[0] != 8, f"closed with {int.from_bytes(message[1][:2], 'big')}"
        return message

    def stop(self):
        self._stopping.set()
        self._thread.join(60)
        assert not self._thread.is_alive(), "the good client waits for ever"
        assert self._fault is None, f"the good client: {self._fault}"
        assert self.answers > 0, "the good client got no answer"
        self._connection.socket.close()
        return (f"a good client beside: {self.frames} frames, {self.events} events, "
                f"{self.answers} answers, the slowest after {self.slowest * 1000:.0f} ms")
