"""A vendor's double and a server beside it, and what is left of them when the day is over."""
import asyncio
import calendar
import json
import os
import pathlib
import re
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
os.environ["TICKSTOCK_POLYGON_KEY"] = "test-key"

import support  # noqa: E402
import vendor_double as vendor  # noqa: E402

PATIENCE = support.PATIENCE
# A fault shall cost well under a second. A slow machine makes more outages of it, which the tests
# allow for.
IMPATIENT = {"reconnect_seconds": 0.01, "reconnect_max_seconds": 0.5, "eviction_pause_seconds": 0.05,
             "ping_seconds": 0.1, "read_timeout_seconds": 0.5, "silence_seconds": 60,
             "connect_timeout_seconds": 0.5, "backfill_timeout_seconds": 20, "backfill_max_seconds": 86400,
             # the clock is the records' time itself, as in a replay
             "delay_seconds": 0}
QUIET = 10  # seconds without a record until a day counts as over


def serve_arguments(double, data, more=(), names="polygon", **polygon):
    settings = {**IMPATIENT, "url": double.url, "rest_url": double.rest,
                "certificate_file": double.certificate, "channels": "T", **polygon}
    arguments = ["--source", *names.split(","), "--data", str(data), "--set", "source.clock=event",
                 *support.EVERY_EXTREME]
    for name, value in settings.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        arguments += ["--set", f"source.polygon.{name}={text}"]
    for setting in more:
        arguments += ["--set", setting]
    return arguments


def wait_for_quiet(server, last_time, patience=600):
    """Until the tape's last record came and nothing is under way, or no record comes any more; the
    status then, which is renewed once a second."""
    end = time.monotonic() + patience
    seen, since = None, time.monotonic()
    while time.monotonic() < end:
        status = server.status()
        if not status.get("sources") or "feed" not in status["sources"][0]:
            time.sleep(0.1)  # it is starting
            continue
        source = status["sources"][0]
        if source["rows"]["out"] != seen:
            seen, since = source["rows"]["out"], time.monotonic()
        held = source["rows"]["held"] + source["feed"]["connections"][0]["queued_bytes"]
        at_end = source.get("last_record") == last_time
        if held == 0 and time.monotonic() - since >= (2.2 if at_end else QUIET):
            return status
        time.sleep(0.1)
    raise AssertionError(("the day does not end", server.status().get("sources")))


def wait_until_live(server):
    """Until the feed's connection has its subscriptions."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for source in server.status().get("sources") or ():
            if any(one["state"] == "live" for one in source.get("feed", {}).get("connections", ())):
                return
        time.sleep(0.01)
    raise AssertionError("no connection")


async def _stream(server):
    status = server.status()
    async with server.connect() as socket:
        client = support.NativeClient(socket)
        subscribed = await client.subscribe(since={"epoch": status["epoch"], "offset": 0})
        assert subscribed["recovered"] is True, subscribed
        await client.follow_to(status["offset"])
        assert client.gaps == [], client.gaps
        return [body for _, body in client.events]


def stream_of(server):
    """Every event body that the server has told, in order."""
    return asyncio.run(_stream(server))


def stop(server):
    server.terminate()
    assert server.exit_code() == 0, ("".join(server.lines[-20:]))


def lines_of(*command, **options):
    return subprocess.run([support.binary(), *command], check=True, capture_output=True, text=True,
                          timeout=PATIENCE * 10, **options).stdout.splitlines()


GAP = re.compile(r"source_gap source (\d+) (gap|recovered) \((\S+)\) from (-?\d+) to (-?\d+), by (\S+)")


class Gaps:
    """What was told about missing input of one source, by the journal's decisions in order. Times
    are ns, both ends inclusive. `told`: (from, reason); `recovered`: (from, to, reason). Those that
    the engine's control part tells (a stale source) stand apart from the feed's own."""

    def __init__(self, decisions, source=0, by="source"):
        self.told, self.recovered = [], []
        self._missing = []
        begun = None
        for text in decisions:
            found = GAP.fullmatch(text)
            assert found, text
            if (int(found.group(1)), found.group(6)) != (source, by):
                continue
            begin, end = int(found.group(4)), int(found.group(5))
            if found.group(2) == "gap":
                if begun is not None:  # a process died in it, and the next one goes on from there
                    self._missing.append((begun, begin))
                begun = begin
                self.told.append((begin, found.group(3)))
                continue
            assert begun == begin, ("the end of a gap that did not begin", text)
            begun = None
            self.recovered.append((begin, end, found.group(3)))
            if found.group(3) != "backfilled":
                self._missing.append((begin, end))
        if begun is not None:
            self._missing.append((begun, 2**63))

    def intervals(self):
        """Where something may be missing: gaps that were not filled."""
        return self._missing


TRADE = re.compile(r'"kind":"trade","symbol":"([^"]*)",.*"source_sequence":(\d+),')


class Journal:
    """What was admitted: trades in order, and the decisions about gaps as text."""

    def __init__(self, data):
        self.path = str(pathlib.Path(data) / "journal")
        self.keys = []
        self.trades = []  # lines
        self.gaps = []
        for line in lines_of("journal", "cat", self.path):
            found = TRADE.search(line)
            if found:
                self.keys.append((found.group(1), int(found.group(2))))
                self.trades.append(line)
            elif '"action":"source_gap"' in line:
                self.gaps.append(json.loads(line)["text"])


    @staticmethod
    def body(line):
        """As Tape.body has it."""
        entry = json.loads(line)
        return (_ns(entry["ts_event"]), float(entry["price"]), float(entry["size"]),
                entry["exchange"], entry["tape"], entry["conditions"], entry["id"])


def _ns(text):
    second, fraction = text.rstrip("Z").split(".")
    return calendar.timegm(time.strptime(second, "%Y-%m-%dT%H:%M:%S")) * 10**9 + int(fraction)


def is_control(body):
    return '"type":"control"' in body


SYMBOL = re.compile(r'"symbol":"([^"]*)"')


def by_symbol(bodies):
    """Each symbol's events in order; control events of the sources are apart (no symbol)."""
    symbols = {}
    for body in bodies:
        if not is_control(body):
            symbols.setdefault(SYMBOL.search(body).group(1), []).append(body)
    return symbols


def replayed(*inputs):
    """Event bodies that `tickstock replay` makes of files or a journal, in stream order."""
    return lines_of("replay", *map(str, inputs), "--order", "stream", "--out", "-", "--quiet",
                    *support.EVERY_EXTREME)
