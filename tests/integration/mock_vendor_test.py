"""The vendor's double: its control protocol, and the tape as clients get it, over TLS."""
import asyncio
import json
import subprocess
import tempfile

import support
import vendor_double as vendor
import websockets


async def closing_code(ws):
    """The code of the close that follows, and the statuses before it."""
    statuses = []
    try:
        while True:
            statuses += [one.get("status") for one in await vendor.frame(ws)]
    except websockets.ConnectionClosed as closed:
        return (closed.rcvd.code if closed.rcvd else None), statuses


async def test_protocol(tape):
    with vendor.Double(tape, "--speed", "0", "--auth-timeout", "0.5") as double:
        async with double.connect() as ws:
            assert await vendor.frame(ws) == [{"ev": "status", "status": "connected",
                                               "message": "Connected Successfully"}]
            for text, word in (("{", "invalid message"), ("[]", "invalid message"),
                               ('{"action":"auth"}', "invalid message"),
                               ('{"action":"dance","params":"x"}', "unknown action"),
                               ('{"action":"subscribe","params":"T.*"}', "not authenticated")):
                await ws.send(text)
                answer = (await vendor.frame(ws))[0]
                assert answer["status"] == "error" and word in answer["message"], (text, answer)
            assert await vendor.ask(ws, "auth", vendor.KEY) == [("auth_success", "authenticated")]
            # Topics of which the tape has nothing: acknowledged, and nothing comes.
            assert await vendor.ask(ws, "subscribe", "T.ZZZ, NOI.*,Q.YYY") == [
                ("success", "subscribed to: T.ZZZ"), ("success", "subscribed to: NOI.*"),
                ("success", "subscribed to: Q.YYY")]
            answers = await vendor.ask(ws, "unsubscribe", "T.ZZZ,X.AAA,T.,AAA")
            assert answers == [("success", "unsubscribed to: T.ZZZ"),
                               ("error", "invalid topic: X.AAA"), ("error", "invalid topic: T."),
                               ("error", "invalid topic: AAA")], answers
            await asyncio.wait_for(await ws.ping(), vendor.PATIENCE)
        async with double.connect() as ws:
            await vendor.frame(ws)
            assert await vendor.ask(ws, "auth", "wrong") == [
                ("auth_failed", "authentication failed")]
            assert (await closing_code(ws))[0] == 1008
        async with double.connect() as ws:
            await vendor.frame(ws)
            assert await closing_code(ws) == (1008, ["auth_timeout"])
        try:
            async with double.connect("/moon"):
                raise AssertionError("no such market")
        except websockets.InvalidStatusCode as refused:
            assert refused.status_code == 404
        report = double.report()
        assert report["auth_failed"] == 1 and report["auth_timeouts"] == 1, report
        assert report["connections"] == 3 and report["authenticated"] == 1, report


async def test_eviction(tape):
    with vendor.Double(tape, "--speed", "0") as double:
        async with double.connect() as first, double.connect() as second, \
                double.connect("/business") as business:
            await vendor.log_in(first, "NOI.*")
            await vendor.log_in(business, "NOI.*")
            await vendor.log_in(second, "NOI.*")
            code, statuses = await closing_code(first)
            assert code == 1008 and statuses == ["max_connections"], (code, statuses)
            # The other market's and the newest stay.
            assert await vendor.ask(business, "unsubscribe", "NOI.*")
            assert await vendor.ask(second, "unsubscribe", "NOI.*")
        assert double.report()["evicted"] == 1
    with vendor.Double(tape, "--speed", "0", "--max-connections", "2") as double:
        async with double.connect() as first, double.connect() as second:
            await vendor.log_in(first, "NOI.*")
            await vendor.log_in(second, "NOI.*")
            assert await vendor.ask(first, "unsubscribe", "NOI.*")


async def test_stream(tape):
    """All records exactly once, in order, equal to the file; bars with the day's volume."""
    with open(tape, encoding="utf-8") as file:
        sent = [message for line in file for message in json.loads(line)]
    topics = "T.*,Q.*,A.*,AM.*,LULD.*,FMV.*"
    for arguments, limit in ((("--frame-records", "7"), 7), ((), 50)):
        with vendor.Double(tape, "--speed", "0", "--end", "close", "--exit-at-end",
                           *arguments) as double:
            client = vendor.Follower(double, topics)
            await client.run(1)
            report = double.report()
        assert report["messages"] == len(sent) == report["records"], report
        assert all(len(json.loads(text)) <= limit for text in client.frames)
        volume = {"A": 0, "AM": 0}
        # The file's frames are merged by time, so a bar stands at its end: compare by kind.
        for kind in ("T", "Q", "A", "AM", "LULD", "FMV"):
            got = [one for one in client.records if one["ev"] == kind]
            want = [one for one in sent if one["ev"] == kind]
            for one in got:
                if kind in volume:
                    volume[kind] += one["v"]
                    assert one.pop("av") == volume[kind], one
            assert got == want, (kind, len(got), len(want))
    with vendor.Double(tape, "--speed", "0", "--end", "close") as double:
        client = vendor.Follower(double, "T.AAA,Q.BBB,LULD.CCC")
        await client.run(1)
        want = [one for one in sent if (one["ev"], one.get("sym", one.get("T"))) in
                (("T", "AAA"), ("LULD", "CCC"))]
        assert client.records == want, len(client.records)


async def test_unsubscribe(folder):
    tape, _ = vendor.write_trades(folder)
    with vendor.Double(tape, "--speed", "0", "--fault", "stall@800:700", "--frame-records", "1",
                       "--end", "close") as double:
        async with double.connect() as ws:
            await vendor.log_in(ws, "T.AAA,T.BBB,T.*")
            for _ in range(800):
                await vendor.frame(ws)
            # `T.*` covers the single tickers, and takes them away with it.
            assert await vendor.ask(ws, "unsubscribe", "T.*") == [
                ("success", "unsubscribed to: T.*")]
            assert await vendor.ask(ws, "subscribe", "T.CCC")
            rest = []
            try:
                while True:
                    rest += await vendor.frame(ws)
            except websockets.ConnectionClosed as closed:
                assert closed.rcvd.code == 1000
            assert rest and {one["sym"] for one in rest} == {"CCC"}


async def test_pace(folder):
    """With a pace the tape waits for its own clock: what is not due is not told, not by REST
    either; and it goes on while nobody listens."""
    tape, order = vendor.write_trades(folder)
    with vendor.Double(tape, "--speed", "0.000001") as double:
        async with double.connect() as ws:
            await vendor.log_in(ws, "T.*")
            first = await vendor.frame(ws)
            assert [(one["sym"], one["q"]) for one in first] == order[:8], first  # one ms
        rows = double.get("/v3/trades/AAA?limit=50000")[1]["results"]
        assert [row["sequence_number"] for row in rows] == [5, 1], rows
        assert double.report()["passed"] == 8
    with vendor.Double(tape, "--speed", "1000", "--begin-at", "09:30:03", "--end", "close") as double:
        client = vendor.Follower(double)
        await client.run(1)
        assert client.keys() == order[2400:], (len(client.records), client.keys()[:1])


async def test_market_double(folder):
    """A made-up market of `tickstock generate` comes through whole."""
    path = folder + "/market.jsonl.gz"
    subprocess.run([support.binary(), "generate", "--out", path, "--symbols", "20", "--date",
                    "2024-03-05", "--from", "09:30", "--to", "09:33"], check=True,
                   capture_output=True, timeout=vendor.PATIENCE)
    with vendor.Double(path, "--speed", "0", "--end", "close", "--exit-at-end") as double:
        client = vendor.Follower(double, "T.*,Q.*,A.*,AM.*,LULD.*,FMV.*,NOI.*")
        await client.run(1)
        report = double.report()
    assert report["records"] == len(client.records) + report["untold"] > 1000, report


async def test_recorded_day():
    day = support.recorded_file("lean_flat/2013-10-07.trades.csv.gz")
    if day is None:
        print("skipped in part: no recorded data")
        return
    with vendor.Double(day, "--speed", "0", "--end", "close", "--exit-at-end") as double:
        client = vendor.Follower(double)
        await client.run(1)
        report = double.report()
    assert report["records"] == len(client.records) == 388417, report
    assert len(set(client.keys())) == len(client.records)


def test_usage(tape):
    for arguments, word in (((), "FILE"), (("/nonexistent",), "/nonexistent"),
                            ((tape, "--address", "0.0.0.0"), "--insecure"),
                            ((tape, "--fault", "drop@999999"), "records"),
                            ((tape, "--fault", "drop"), "KIND@RECORD"),
                            ((tape, "--fault", "melt@3"), "half-open"),
                            ((tape, "--fault-kinds", "melt"), "half-open"),
                            ((tape, "--begin-at", "noon"), "HH:MM"),
                            ((tape, "--begin-at", "23:00"), "ends before"),
                            ((tape, "--certificate", tape), "--key-file"),
                            ((tape, "--certificate", tape, "--key-file", tape), "certificate")):
        ran = subprocess.run([support.binary(), "mock-vendor", *arguments], capture_output=True,
                             text=True, timeout=vendor.PATIENCE)
        assert ran.returncode in (1, 2) and word in ran.stderr + ran.stdout, (arguments, ran)


async def main():
    with tempfile.TemporaryDirectory() as folder:
        tape = vendor.write_tape(folder)
        test_usage(tape)
        for test in (test_protocol, test_eviction, test_stream):
            await test(tape)
            print("ok:", test.__name__)
        for test in (test_unsubscribe, test_pace, test_market_double):
            await test(folder)
            print("ok:", test.__name__)
        await test_recorded_day()
        print("ok: test_recorded_day")


asyncio.run(main())
