#!/usr/bin/python3
"""The same day through two live sources: the vendor's double, which falls silent for a while, and a
client that pushes the same trades. What the first one missed comes from the second one; no trade is
there twice (README)."""
import http.client
import json
import pathlib
import re
import sys
import tempfile
import time

import rig
import statement
import tape as tapes

STALE = 1.0  # seconds of the market's time
SILENT_AT, BACK_AT = 12000, 17000  # rows of the tape
ROWS = 30000
ENTRY = re.compile(r'"kind":"trade","symbol":"([^"]*)".*"ts_recv":"[^"]*","source":(\d+),.*"id":"([^"]*)"')


class Pusher:
    """Pushes the tape's rows as one client, numbered from 1, and waits for each answer."""

    def __init__(self, server, tape, rows=250):
        self.server, self.tape, self.rows = server, tape, rows
        self.at = 0

    def push_to(self, end):
        while self.at < end:
            upto = min(self.at + self.rows, end)
            body = "\n".join(self._row(at) for at in range(self.at, upto))
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port,
                                                    timeout=rig.PATIENCE)
            connection.request("POST", f"/api/v1/ingest?client=second&sequence={self.at + 1}", body,
                               {"Content-Type": "application/x-ndjson"})
            answer = connection.getresponse()
            text = json.loads(answer.read())
            connection.close()
            statement.must(answer.status == 200 and text["rejected"] == 0, answer.status, text)
            self.at = upto

    def _row(self, at):
        time_ns, price, size, exchange, _, conditions, trade_id = self.tape.body(at)
        return json.dumps({"symbol": self.tape.keys[at][0], "price": price, "size": size,
                           "timestamp": time_ns, "conditions": conditions, "exchange": exchange,
                           "id": trade_id})


def wait_for_record(server, time_ns):
    """Until the feed has handed over a record of this time or a newer one."""
    end = time.monotonic() + rig.PATIENCE
    while time.monotonic() < end:
        sources = server.status().get("sources")
        if sources and (sources[0].get("last_record") or 0) >= time_ns:
            return
        time.sleep(0.02)
    raise AssertionError(("the feed does not come so far", server.status()["sources"][0]))


def wait_for_rows(server, count):
    """Until the second source's rows all stand in the status (it is renewed once a second)."""
    end = time.monotonic() + rig.PATIENCE
    while time.monotonic() < end:
        status = server.status()
        if status["sources"][1]["rows"]["in"] == count:
            return status
        time.sleep(0.05)
    raise AssertionError(status["sources"])


def play(folder, tape, fault, **polygon):
    data = pathlib.Path(tempfile.mkdtemp(dir=folder))
    with rig.vendor.Double(tape.file, "--speed", "0", "--settle", "5", "--fault", fault) as double:
        arguments = rig.serve_arguments(double, data, [f"source.stale_seconds={STALE}"],
                                        names="polygon,push", backfill=False, **polygon)
        with rig.support.Server(*arguments) as server:
            pusher = Pusher(server, tape)
            wait_for_record(server, tape.times[SILENT_AT - 1])
            # The feed is silent now. The second source has all the while, and some more.
            pusher.push_to(BACK_AT + 500)
            wait_for_record(server, tape.times[-1])
            pusher.push_to(len(tape))
            status = wait_for_rows(server, len(tape))
            stream = rig.stream_of(server)
            rig.stop(server)
    return statement.Run(data, stream, status)


def check(tape, name, run):
    entries = [ENTRY.search(line).groups() for line in run.journal.trades]
    row_of = {tape.body(at)[6]: at for at in range(len(tape))}
    statement.must(len(row_of) == len(tape), "ids of the tape are not unique")
    rows = [row_of[one[2]] for one in entries]
    twice = len(rows) - len(set(rows))
    statement.must(twice == 0, twice, "trades are in the journal twice")
    last = {}
    for (symbol, _, _), row in zip(entries, rows):
        statement.must(last.get(symbol, -1) < row, "out of order:", symbol, row)
        last[symbol] = row
    missing = sorted(set(range(len(tape))) - set(rows))
    # Where one source takes over from the other, the ms of the change counts as had.
    by = {row: int(source) for (_, source, _), row in zip(entries, rows)}
    from_push = sorted(row for row, source in by.items() if source == 1)
    print(f"{name}: {len(rows)} of {len(tape)} trades, {len(from_push)} from the second source (rows "
          f"{from_push[:1]} to {from_push[-1:]}), {len(missing)} missing {missing[:5]}, "
          f"gaps {run.journal.gaps}", flush=True)
    times = {tape.times[row] for row in rows}
    alone = [row for row in missing if tape.times[row] not in times]
    statement.must(not alone, "trades are missing that the second source had:", alone[:5])
    statement.must(len(missing) <= 20, len(missing), "trades of the ms of a change are missing")
    silent = range(SILENT_AT + 100, BACK_AT - 100)
    statement.must(all(by.get(row, 1) == 1 for row in silent), "the silence was not bridged")
    statement.must(sum(row in by for row in silent) >= len(silent) - 20, "the silence was not bridged")
    statement.must(run.status["accounting"]["closes"] is True, run.status["accounting"])
    sources = run.status["accounting"]["sources"]
    statement.must(sources["in"] == 2 * len(tape) + sources["dropped"].get("unsupported_message", 0)
                   - (BACK_AT - SILENT_AT if "half-open" in name else 0), sources)
    replayed = [body for body in rig.replayed(run.journal.path) if not rig.is_control(body)]
    told = [body for body in run.stream if not rig.is_control(body)]
    statement.must(replayed[:len(told)] == told, "the stream is not the journal's replay:",
                   statement.first_difference(replayed, told))
    statement.check_control_events(run)


def main():
    bad = 0
    with tempfile.TemporaryDirectory(prefix="tickstock_feeds_") as folder:
        day = tapes.recorded_day()
        if day is None:
            print("skipped: no recorded data")
            return 77
        tape = day.slice(folder, 100000, ROWS)
        lost = BACK_AT - SILENT_AT
        for fault, settings in ((f"stall@{SILENT_AT}:8000", {"silence_seconds": 60}),
                                (f"half-open@{SILENT_AT}:{lost}", {"read_timeout_seconds": 6})):
            try:
                check(tape, fault, play(folder, tape, fault, **settings))
                print("  holds", flush=True)
            except statement.Violation as violation:
                bad += 1
                print(f"{fault}: VIOLATION: {violation}", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
