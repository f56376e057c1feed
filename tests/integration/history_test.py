#!/usr/bin/python3
"""Storage and API agree with the event stream row for row: a server replays a file, and what its
database has, what /api/v1/history answers and what `tickstock events` prints is held against
the events of `tickstock replay` and of /api/v1/events. On SQLite, and on PostgreSQL where it is
installed. The expected tables are computed here from the bodies alone."""
import asyncio
import collections
import contextlib
import csv
import datetime
import decimal
import io
import json
import pathlib
import re
import sqlite3
import subprocess
import tempfile
import time
import zoneinfo

import postgres
from support import (EVERY_EXTREME, PATIENCE, Server, binary, input_files, items_of, replay_server,
                     replayed_bodies, wait_for_end)

WINDOW = 10 * 10**9
NEW_YORK = zoneinfo.ZoneInfo("America/New_York")
ITEM = re.compile(r'\{"offset":(\d+),"epoch":"([^"]*)","ts_pub":(\d+),"event":')


class Event:
    """An event of the stream: what stands beside it, its body, and the body's members."""

    def __init__(self, offset, ts_pub, body):
        self.offset, self.ts_pub, self.body = offset, ts_pub, body
        self.of = json.loads(body, parse_float=decimal.Decimal)
        self.key = (self.of["ts"], self.of["id"], self.of["rev"])
        self.date = datetime.datetime.fromtimestamp(self.of["ts"] // 10**9, NEW_YORK).date()

    def scaled(self, name, digits):
        value = self.of[name]
        return None if value is None else int(decimal.Decimal(value).scaleb(digits))

    def row(self, epoch):
        """The columns of table events."""
        of = self.of
        return (of["id"], of["rev"], epoch, self.offset, self.ts_pub, of["ts"], of["symbol"],
                of["type"], of["direction"], of["source"], of["session"], str(self.date),
                of["priority"], self.scaled("price", 9), self.scaled("volume", 6) or 0, self.body)


def stream_of(server, status):
    """Every event as /api/v1/events gives it."""
    events, position = [], f"{status['epoch']}:0"
    while True:
        _, _, text = server.get(f"/api/v1/events?since={position}&limit=1000")
        items = items_of(text)
        if not items:
            return events
        events += [Event(*item) for item in items]
        position = json.loads(text)["next"]


def stored_items(text):
    """(offset, epoch, ts_pub, body as it stands) of each row of a page of the history."""
    decoder, items, at = json.JSONDecoder(), [], text.index("[") + 1
    while text[at] != "]":
        at += text[at] == ","
        head = ITEM.match(text, at)
        assert head, text[at:at + 80]
        _, end = decoder.raw_decode(text, head.end())
        items.append((int(head[1]), head[2], int(head[3]), text[head.end():end]))
        at = end + 1
    return items


def answer_of(server, target):
    """The page's text. A database on a busy machine may not answer in time: then the server says to
    ask again later."""
    end = time.monotonic() + PATIENCE
    while True:
        status, _, text = server.get(target)
        if status == 200:
            return text
        assert status == 503 and time.monotonic() < end, (target, status, text)
        assert re.search("again later|in time", json.loads(text)["error"]["message"]), (target, text)
        time.sleep(0.1)


def all_pages(server, name, query=""):
    """(text of each page) of a page of the history and those that follow it."""
    cursor = ""
    while True:
        text = answer_of(server, f"/api/v1/history/{name}?{query}{cursor}")
        yield text
        cursor = json.loads(text)["next"]
        if cursor is None:
            return
        cursor = f"&cursor={cursor}"


def rows_of(server, name, member, query=""):
    return [row for text in all_pages(server, name, query)
            for row in json.loads(text, parse_float=decimal.Decimal)[member]]


def wait_until_stored(server, offset):
    """Until the newest offset that the history has is the stream's."""
    for _ in range(PATIENCE * 10):
        storage = server.status()["storage"]
        if storage["offset"] == offset:
            return storage
        time.sleep(0.1)
    raise AssertionError(f"not all is stored: {storage}, {offset} were published")


def same(found, wanted, what):
    """Asserts that the lists are equal, and shows where they are not."""
    for at, (one, other) in enumerate(zip(found, wanted)):
        assert one == other, f"{what}, row {at}:\n  {one}\n  {other}"
    assert len(found) == len(wanted), (what, len(found), len(wanted))


def check_events(server, events, epoch):
    wanted = [(e.offset, epoch, e.ts_pub, e.body) for e in sorted(events, key=lambda e: e.key)]
    for order in ("oldest", "newest"):
        found = [item for text in all_pages(server, "events",
                                            f"revisions=all&order={order}&limit=97")
                 for item in stored_items(text)]
        same(found, wanted if order == "oldest" else wanted[::-1], order)
    latest = {e.of["id"]: e for e in events}  # revisions come later in the stream
    found = [item[0] for text in all_pages(server, "events", "order=oldest&limit=1000")
             for item in stored_items(text)]
    assert found == [e.offset for e in sorted(latest.values(), key=lambda e: e.key)]


def check_filters(server, events):
    def offsets(query):
        return [item[0] for text in all_pages(server, "events", f"revisions=all&{query}")
                for item in stored_items(text)]

    def expected(keep):
        return [e.offset for e in sorted(events, key=lambda e: e.key, reverse=True) if keep(e.of)]

    symbols = sorted({e.of["symbol"] for e in events if e.of["symbol"]})[:3]
    times = sorted(e.of["ts"] for e in events)
    middle = times[len(times) // 2]
    assert offsets(f"symbol={symbols[0]}") == expected(lambda of: of["symbol"] == symbols[0])
    assert offsets(f"symbols={','.join(symbols)}&types=low,trend") == expected(
        lambda of: of["symbol"] in symbols and of["type"] in ("low", "trend"))
    assert offsets("direction=down") == expected(lambda of: of["direction"] == "down")
    assert offsets("source=tick&session=regular&min_priority=3") == expected(
        lambda of: of["source"] == "tick" and of["session"] == "regular" and of["priority"] <= 3)
    assert offsets(f"from={middle}") == expected(lambda of: of["ts"] >= middle)
    assert offsets(f"to={middle}&type=high") == expected(
        lambda of: of["ts"] < middle and of["type"] == "high")
    assert offsets(f"date={events[0].date}") == [
        e.offset for e in sorted(events, key=lambda e: e.key, reverse=True)
        if e.date == events[0].date]


def windows_of(events):
    """What market_analytics says of these events, by window."""
    windows = collections.defaultdict(collections.Counter)
    symbols = collections.defaultdict(set)
    for event in events:
        of, at = event.of, event.of["ts"] // WINDOW * WINDOW
        windows[at]["events"] += 1
        if of["symbol"]:
            symbols[at].add(of["symbol"])
        if of["rev"] == 0:
            name = {"high": "highs", "low": "lows"}.get(of["type"])
            if of["type"] in ("trend", "surge"):
                name = f"{of['type']}s_{of['direction']}"
            windows[at][name] += 1
    return windows, symbols


def pressure_of(counts):
    up = counts["highs"] + counts["trends_up"] + counts["surges_up"]
    down = counts["lows"] + counts["trends_down"] + counts["surges_down"]
    return None if up + down == 0 else 100 * up / (up + down)


def check_window(row, counts):
    for name in ("events", "highs", "lows", "trends_up", "trends_down", "surges_up",
                 "surges_down"):
        assert row[name] == counts[name], (row, counts)
    pressure = pressure_of(counts)
    if pressure is None:
        assert row["buying_pressure"] is None and row["selling_pressure"] is None, row
    else:
        assert abs(float(row["buying_pressure"]) - pressure) < 1e-5, (row, pressure)
        assert abs(float(row["selling_pressure"]) - (100 - pressure)) < 1e-5, row


def check_windows(server, events):
    windows, symbols = windows_of(events)
    # Windows in which trades came and nothing happened are rows too.
    rows = {row["at"]: row for row in rows_of(server, "analytics", "windows", "limit=50")
            if row["events"]}
    assert rows.keys() == windows.keys()
    for at, row in rows.items():
        check_window(row, windows[at])
        assert row["symbols"] == len(symbols[at]) and row["width_seconds"] == 10, row
    for width, seconds in (("1m", 60), ("1h", 3600)):
        wide = collections.defaultdict(collections.Counter)
        for at, counts in windows.items():
            wide[at // (seconds * 10**9) * seconds * 10**9] += counts
        rows = {row["at"]: row for row in rows_of(server, "analytics", "windows",
                                                  f"width={width}&order=oldest&limit=7")
                if row["events"]}
        assert rows.keys() == wide.keys()
        for at, row in rows.items():
            check_window(row, wide[at])
    counts = collections.Counter((e.of["ts"] // WINDOW * WINDOW, e.of["type"]) for e in events)
    rows = rows_of(server, "counts", "counts", "component=stream&limit=50")
    assert {(row["at"], row["type"]): row["count"] for row in rows} == counts


def check_sessions(server, events):
    """Extremes, last prices and the numbers of highs and lows; by the last event that tells them."""
    known = {}
    for event in events:
        of, data = event.of, event.of["data"]
        if not of["symbol"] or of["price"] is None:
            continue
        one = known.setdefault((of["symbol"], str(event.date), of["session"]), {})
        one.update(last_price=of["price"], last_ts=of["ts"], offset=event.offset)
        if of["type"] in ("high", "low") and "session_high" in data:
            one.update(high=data["session_high"], low=data["session_low"],
                       highs=data["count_up"], lows=data["count_down"])
    rows = {(row["symbol"], row["date"], row["session"]): row
            for date in {key[1] for key in known}
            for row in rows_of(server, "sessions", "sessions", f"date={date}&limit=3")}
    assert rows.keys() == known.keys(), (rows.keys() ^ known.keys())
    for key, one in known.items():
        for name, value in one.items():
            assert rows[key][name] == value, (key, name, rows[key][name], value)
    date = max(key[1] for key in known)
    top = rows_of(server, "sessions", "sessions", "sort=highs&limit=4")
    assert [row["highs"] for row in top] == sorted(
        (one.get("highs", 0) for key, one in known.items() if key[1] == date), reverse=True)


def check_database(path, events, epoch):
    """The rows of SQLite itself, looked at by another program."""
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        rows = database.execute(
            "SELECT id, rev, (SELECT s.epoch FROM stream_epochs s WHERE s.number = events.epoch),"
            " stream_offset, ts_pub, ts, symbol, type, direction, source, session, session_date,"
            " priority, price, volume, body FROM events ORDER BY stream_offset").fetchall()
        assert rows == [event.row(epoch) for event in events]
        assert database.execute("SELECT epoch, stream_offset FROM stream_position").fetchall() == [
            (epoch, events[-1].offset)]
        assert database.execute("SELECT count(*) FROM storage_gaps").fetchone() == (0,)


def tickstock_events(place, *arguments):
    return subprocess.run([binary(), "events", *place, *arguments], check=True, text=True,
                          capture_output=True, timeout=PATIENCE).stdout


def check_command(place, events, epoch):
    ordered = sorted(events, key=lambda e: e.key)
    whole = ("--all", "--revisions", "--order", "oldest", "--format")
    assert tickstock_events(place, *whole, "body").splitlines() == [e.body for e in ordered]
    lines = tickstock_events(place, *whole, "ndjson").splitlines()
    assert stored_items("[" + ",".join(lines) + "]") == [
        (e.offset, epoch, e.ts_pub, e.body) for e in ordered]
    rows = list(csv.DictReader(io.StringIO(tickstock_events(place, *whole, "csv"))))
    assert [(int(row["ts"]), row["id"], int(row["rev"]), int(row["offset"])) for row in rows] == [
        (*e.key, e.offset) for e in ordered]
    for row, event in zip(rows, ordered):
        for name in ("symbol", "type", "session", "source"):
            assert row[name] == event.of[name], (row, event.body)
        if event.of["price"] is not None:
            assert decimal.Decimal(row["price"]) == event.of["price"]
    table = tickstock_events(place, "--limit", "5").splitlines()
    assert len(table) == 6 and table[0].startswith("TIME (NEW YORK)"), table
    for name in ("sessions", "analytics", "counts", "metrics"):
        assert len(tickstock_events(place, name).splitlines()) > 1, name
    assert tickstock_events(place, "gaps", "--format", "csv") == ""
    # A reader that leaves early is no error, and nothing is said of it.
    command = subprocess.Popen([binary(), "events", *place, "--all", "--format", "ndjson"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    command.stdout.readline()
    command.stdout.close()
    assert command.stderr.read() == "" and command.wait(PATIENCE) == 0
    command.stderr.close()


async def history(path, url, data):
    """`url` as in storage.url."""
    storage = ("--set", f"storage.url={url}", "--set", "storage.interval_seconds=0.2",
               "--set", "storage.retention_hours=876000",  # recorded days are old
               "--data", data)
    bodies = replayed_bodies(path)
    with replay_server(path, *storage) as server:
        status = await wait_for_end(server)
        wait_until_stored(server, len(bodies))
        events = stream_of(server, status)
        assert [event.body for event in events] == bodies
        epoch = status["epoch"]
        check_events(server, events, epoch)
        check_filters(server, events)
        check_windows(server, events)
        check_sessions(server, events)
        assert rows_of(server, "gaps", "gaps") == []
        for _ in range(PATIENCE * 10):
            if rows_of(server, "metrics", "metrics", "limit=1000"):
                break
            await asyncio.sleep(0.1)
        else:
            raise AssertionError("no metric was stored")
        server.terminate()
        assert server.exit_code() == 0
    place = ("--data", data, "--storage", url)
    check_command(place, events, epoch)
    if url == "sqlite":
        check_database(pathlib.Path(data) / "storage.db", events, epoch)


def check_off(path):
    with Server("--source", "replay", "--file", path, "--set", "storage.url=off") as server:
        status, _, text = server.get("/api/v1/history/events")
        assert status == 503 and json.loads(text)["error"]["code"] == "storage_unavailable", text
        assert server.get("/api/v1/history/events?limit=x")[0] == 400
        assert server.get("/healthz")[0] == 200


def run_all():
    with tempfile.TemporaryDirectory(prefix="tickstock_history_") as folder:
        files = input_files(folder)
        check_off(files[0][1])
        for name, path in files:
            with tempfile.TemporaryDirectory(prefix="tickstock_data_") as data:
                asyncio.run(history(path, "sqlite", data))
            print(f"ok: history on SQLite, {name} file")
        if not postgres.is_installed():
            print("skipped in part: PostgreSQL (Debian: postgresql-15) is not installed")
            return
        with postgres.Postgres(fsync=False) as server, tempfile.TemporaryDirectory(
                prefix="tickstock_data_") as data:
            asyncio.run(history(files[0][1], server.url, data))
        print("ok: history on PostgreSQL, small file")


if __name__ == "__main__":
    run_all()
