"""Shared by history_outage_test.py and history_damage_test.py: `tickstock serve` under load, a watch
on what it says meanwhile, and the database's tables held row for row against the event stream.
What the tables should say is computed here from the events' bodies alone."""
import asyncio
import collections
import contextlib
import json
import os
import sqlite3
import subprocess
import threading
import time

from history_test import Event, pressure_of, same, windows_of
from support import EVERY_EXTREME, PATIENCE, NativeClient, Server, binary, items_of

# Several hundred events a second, where the machine is not busy otherwise.
LOAD = ("--symbols", "500", "--set", "source.speed=40", "--set", "source.synthetic.quotes=false",
        "--set", "source.synthetic.trades_per_second=300",
        "--set", "source.synthetic.start_at=09:30:30", "--set", "source.synthetic.date=2024-03-05",
        "--set", "storage.interval_seconds=0.5",
        "--set", "storage.retention_hours=876000",  # that day is long ago
        *EVERY_EXTREME)


def full_seconds():
    """How long each outage test goes on: 0 = the short version."""
    return int(os.environ.get("TICKSTOCK_OUTAGE_SECONDS", "0"))


def load_server(data, url, *more):
    return Server(*LOAD, "--data", str(data), "--set", f"storage.url={url}", *more)


def wait_for(condition, what, patience=PATIENCE):
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, f"waited {patience} s in vain: {what}"
        time.sleep(0.05)


def storage_of(server):
    return server.status()["storage"]


def wait_for_state(server, *states):
    wait_for(lambda: storage_of(server)["state"] in states, f"storage is {' or '.join(states)}")


def wait_until_stored(server):
    """Until all that is published by now is stored; seconds that took."""
    began = time.monotonic()
    offset = server.status()["offset"]
    wait_for(lambda: storage_of(server)["offset"] >= offset, f"offset {offset} is stored",
             2 * PATIENCE)
    return time.monotonic() - began


def stop(server):
    server.terminate()
    assert server.exit_code() == 0, server.lines


class Watch:
    """Looks on from outside on threads of its own: a subscriber that must miss no event, and the
    pages. with Watch(server) as watch: …"""

    def __init__(self, server):
        self.server = server
        self.states = collections.Counter()
        self.answers = collections.Counter()  # of /api/v1/history/events, by (code, error's code)
        self.texts = set()  # of answers that are no page
        self.events = []  # (offset, body) that the subscriber got
        self._failures = []
        self._ends = threading.Event()
        self._threads = [threading.Thread(target=self._guard, args=(run,))
                         for run in (self._subscribe, self._look)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, kind, *_):
        self._ends.set()
        for thread in self._threads:
            thread.join(2 * PATIENCE)
        if kind is None and self._failures:
            raise self._failures[0]

    def _guard(self, run):
        try:
            run()
        except BaseException as failed:  # is raised again by the test's thread
            self._failures.append(failed)

    def _look(self):
        while not self._ends.is_set():
            self.states[storage_of(self.server)["state"]] += 1
            code, _, text = self.server.get("/api/v1/history/events?limit=1")
            said = json.loads(text)
            if code != 200:
                self.texts.add(said["error"]["message"])
            self.answers[code, None if code == 200 else said["error"]["code"]] += 1
            self._ends.wait(0.2)

    def _subscribe(self):
        async def follow():
            async with self.server.connect() as socket:
                client = NativeClient(socket)
                await client.subscribe(since="now")
                while not self._ends.is_set():
                    await client.follow_to(client.position + 1)
                assert client.gaps == [], client.gaps
                self.events = client.events
        asyncio.run(follow())

    def wait_for_events(self, more=50):
        """Until the stream has gone on by so many events."""
        offset = self.server.status()["offset"]
        wait_for(lambda: self.server.status()["offset"] >= offset + more, "the stream goes on")


def journal_bodies(data):
    """What `tickstock replay` says that the events are."""
    return subprocess.run([binary(), "replay", f"{data}/journal", "--order", "stream", "--out", "-",
                           "--quiet", *EVERY_EXTREME], check=True, capture_output=True, text=True,
                          timeout=600).stdout.splitlines()


def stream_events(data, epoch, last):
    """The events 1 to `last` of /api/v1/events, out of the stored stream, by a server that has no
    database and nearly stands still."""
    events = []
    with load_server(data, "off", "--set", "source.speed=0.001") as server:
        while len(events) < last:
            _, _, text = server.get(f"/api/v1/events?since={epoch}:{len(events)}&limit=1000")
            items = items_of(text)
            assert items, (len(events), last, text[:200])
            events += [Event(*item) for item in items]
        stop(server)
    return events[:last]


def sqlite_query(path):
    def query(sql):
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True,
                                                timeout=PATIENCE)) as database:
            return [tuple("" if value is None else str(value) for value in row)
                    for row in database.execute(sql)]
    return query


def postgres_query(server):
    return lambda sql: [tuple(row) for row in server.query(sql)]


def text_row(row):
    return tuple("" if value is None else str(value) for value in row)


class SessionFacts:
    """A row of session_stats, event by event in the stream's order."""

    def __init__(self):
        self.high = self.high_ts = self.low = self.low_ts = None
        self.highs = self.lows = self.trends_up = self.trends_down = 0
        self.surges = {"up": set(), "down": set()}
        self.last = ()

    def hear(self, event, epoch_number):
        of, data = event.of, event.of["data"]
        price = event.scaled("price", 9)
        if of["type"] in ("high", "low"):
            for side in ("high", "low"):
                told = data.get("session_" + side)
                if told is None:
                    continue
                told = int(told.scaleb(9)) if hasattr(told, "scaleb") else told * 10**9
                made = of["type"] == side and price == told
                if made or told != getattr(self, side):
                    setattr(self, side, told)
                    setattr(self, side + "_ts", of["ts"])
            self.highs = data.get("count_up", self.highs)
            self.lows = data.get("count_down", self.lows)
        elif of["type"] == "trend":
            self.trends_up = data.get("count_up", self.trends_up)
            self.trends_down = data.get("count_down", self.trends_down)
        elif of["type"] == "surge" and of["rev"] == 0:
            self.surges[of["direction"]].add(of["id"])
        self.last = (price, of["ts"], epoch_number, event.offset)

    def row(self):
        return (self.high, self.high_ts, self.low, self.low_ts, self.highs, self.lows,
                self.trends_up, self.trends_down, len(self.surges["up"]),
                len(self.surges["down"]), *self.last)


def session_rows(events):
    known = collections.defaultdict(SessionFacts)
    for event in events:
        if event.of["price"] is not None:
            known[event.of["symbol"], str(event.date), event.of["session"]].hear(event, 1)
    return sorted(text_row((*key, *one.row())) for key, one in known.items())


def check_windows(query, events):
    """market_analytics and event_counts; windows in which only trades came are rows too."""
    windows, symbols = windows_of(events)
    names = ("highs", "lows", "trends_up", "trends_down", "surges_up", "surges_down")
    wanted = sorted((at, counts["events"], *(counts[name] for name in names), len(symbols[at]))
                    for at, counts in windows.items())
    rows = query("SELECT at, events, highs, lows, trends_up, trends_down, surges_up, surges_down,"
                 " symbols, buying_pressure, selling_pressure FROM market_analytics"
                 " WHERE events > 0 ORDER BY at")
    same([row[:9] for row in rows], [text_row(row) for row in wanted], "market_analytics")
    for row in rows:
        pressure = pressure_of(windows[int(row[0])])
        if pressure is None:
            assert row[9:] == ("", ""), row
        else:
            assert abs(float(row[9]) - pressure) < 1e-9, (row, pressure)
            assert abs(float(row[10]) - (100 - pressure)) < 1e-9, (row, pressure)
    counts = collections.Counter((e.of["ts"] // 10**10 * 10**10, e.of["type"]) for e in events)
    same(query("SELECT at, event_type, count FROM event_counts WHERE component = 'stream'"
               " ORDER BY at, event_type"),
         [text_row((*key, count)) for key, count in sorted(counts.items())], "event_counts")


def check_trades(query, data, all_of_them):
    """The trades of market_analytics against the journal. They are counted in memory until they are
    stored: after a server's end without its database windows may lack some (not all_of_them), but
    they never have more than came."""
    text = subprocess.run([binary(), "journal", "cat", f"{data}/journal"], check=True,
                          capture_output=True, text=True, timeout=600).stdout
    trades = text.count('"kind":"trade"')
    stored = int(query("SELECT sum(trades) FROM market_analytics")[0][0])
    assert stored == trades if all_of_them else 0 < stored <= trades, (stored, trades)


def check_tables(query, data, epoch):
    """Every row of the database against the stream, at rest; the events."""
    (stored_epoch, last), = query("SELECT epoch, stream_offset FROM stream_position")
    assert stored_epoch == epoch, (stored_epoch, epoch)
    bodies = journal_bodies(data)
    events = stream_events(data, epoch, int(last))
    assert [event.offset for event in events] == list(range(1, int(last) + 1))
    same(bodies[:len(events)], [event.body for event in events], "the journal's replay")
    rows = query(
        "SELECT id, rev, (SELECT s.epoch FROM stream_epochs s WHERE s.number = events.epoch),"
        " stream_offset, ts_pub, ts, symbol, type, direction, source, session, session_date,"
        " priority, price, volume, body FROM events ORDER BY stream_offset, id, rev")
    same(rows, [text_row(event.row(epoch)) for event in events], "events")
    assert len({row[:2] for row in rows}) == len(rows)
    same(query("SELECT symbol, session_date, session, high, high_ts, low, low_ts, highs, lows,"
               " trends_up, trends_down, surges_up, surges_down, last_price, last_ts, last_epoch,"
               " last_offset FROM session_stats ORDER BY symbol, session_date, session"),
         session_rows(events), "session_stats")
    check_windows(query, events)
    assert query("SELECT count(*) FROM storage_gaps") == [("0",)]
    return events


def check_watch(watch, events):
    """The subscriber got exactly what is stored."""
    by_offset = {event.offset: event.body for event in events}
    assert watch.events
    first, end = watch.events[0][0], watch.events[-1][0]
    assert [offset for offset, _ in watch.events] == list(range(first, end + 1))
    for offset, body in watch.events:
        assert by_offset[offset] == body, offset
