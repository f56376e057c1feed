"""The vendor's double: REST pages against the tape's rows, and never a row of its future."""
import asyncio
import json
import tempfile

import vendor_double as vendor

NS = 10**6  # of a ms


async def passed(double, tape_position):
    """A client that makes the tape pass that many records and then holds it (a stall)."""
    ws = await double.connect()
    await vendor.log_in(ws, "T.*,Q.*,A.*,AM.*,LULD.*,FMV.*")
    count = 0
    while count < tape_position:
        count += len(await vendor.frame(ws))
    assert count == tape_position, (count, tape_position)
    return ws


def pages(double, target):
    """All rows of a request and of the pages behind it."""
    rows = []
    while target:
        status, answer = double.get(target)
        assert status == 200 and answer["status"] == "OK" and answer["request_id"], answer
        rows += answer["results"]
        target = answer.get("next_url", "")
        assert target.startswith(double.rest) or not target, target
        target = target[len(double.rest):]
    return rows


async def test_trades(folder):
    tape, order = vendor.write_trades(folder)
    now = 2400
    with vendor.Double(tape, "--speed", "0", "--fault", f"stall@{now}:600000") as double:
        assert double.get("/v3/trades/AAA")[1]["results"] == [], "nothing has passed yet"
        ws = await passed(double, now)
        want = [q for symbol, q in order[:now] if symbol == "BBB"]

        def numbers(target):
            return [row["sequence_number"] for row in pages(double, target)]

        base = "/v3/trades/BBB?"
        assert numbers(base + "order=asc&limit=50000") == want
        assert numbers(base + "order=asc&limit=7") == want
        assert numbers(base) == want[::-1], "newest first where nothing is asked"
        assert numbers(base + "order=desc&limit=99&sort=timestamp") == want[::-1]

        def stamp(q):
            return (vendor.START_MS + (q - 1) // 8 * 10) * NS

        low, high = stamp(want[100]), stamp(want[300])
        for operators, keep in (
                (("gte", "lte"), lambda t: low <= t <= high),
                (("gt", "lt"), lambda t: low < t < high)):
            asked = f"timestamp.{operators[0]}={low}&timestamp.{operators[1]}={high}"
            assert numbers(f"{base}order=asc&limit=11&{asked}") == [
                q for q in want if keep(stamp(q))], operators
        assert numbers(base + f"timestamp={low}&order=asc") == [
            q for q in want if stamp(q) == low]
        assert numbers(base + "timestamp=2024-03-05&order=asc&limit=50000") == want
        assert numbers(base + "timestamp.gte=2024-03-06") == []
        assert numbers(base + "timestamp.lt=2024-03-05T14:30:00.010Z&order=asc") == want[:2]
        row = pages(double, base + "order=asc&limit=50000")[0]
        assert row == {"exchange": 11, "id": "1", "participant_timestamp": stamp(2),
                       "price": 50.25, "sequence_number": 2, "sip_timestamp": stamp(2),
                       "size": 100, "tape": 3}, row
        assert double.get("/v3/trades/NONE")[1]["results"] == []
        await ws.close()


async def test_other_rows(folder):
    tape = vendor.write_tape(folder)
    with open(tape, encoding="utf-8") as file:
        total = sum(len(json.loads(line)) for line in file)
    with vendor.Double(tape, "--speed", "0") as double:
        ws = await passed(double, total)
        trade = pages(double, "/v3/trades/DDD?order=asc&limit=1&timestamp.lte="
                      f"{vendor.START_MS * NS + NS}")[0]
        assert trade["exchange"] == 4 and trade["trf_timestamp"] == vendor.START_MS * NS, trade
        assert trade["conditions"] == [14, 41], trade
        quotes = pages(double, "/v3/quotes/AAA?limit=50")
        assert len(quotes) == 200 and quotes[0]["sip_timestamp"] > quotes[-1]["sip_timestamp"]
        quote = quotes[-1]
        assert (quote["bid_price"], quote["ask_price"], quote["bid_exchange"]) == (99.5, 100.5, 4)
        range_of = "/v2/aggs/ticker/AAA/range/1/minute/"
        bars = pages(double, range_of + "2024-03-05/2024-03-05")
        assert [bar["t"] for bar in bars] == [vendor.START_MS + m * 60000 for m in range(3)], bars
        assert bars[0] == {"v": 859, "vw": 100.1, "o": 100, "c": 100.2, "h": 100.5, "l": 99.75,
                           "t": vendor.START_MS}, bars[0]
        assert pages(double, range_of + "2024-03-05/2024-03-05?limit=2") == bars
        assert pages(double, range_of + "2024-03-05/2024-03-05?sort=desc&limit=1") == bars[::-1]
        assert pages(double, range_of + f"{vendor.START_MS + 1}/{vendor.START_MS + 60000}"
                     ) == bars[1:2]
        assert pages(double, range_of + "2024-03-06/2024-03-07") == []
        base = "/v2/snapshot/locale/us/markets/stocks/tickers"
        status, answer = double.get(base)
        assert status == 200 and answer["count"] == 4, answer
        one = {row["ticker"]: row for row in answer["tickers"]}["AAA"]
        assert one["updated"] == (vendor.START_MS + 199 * 1000 + 300) * NS, one
        assert one["lastTrade"]["t"] == (vendor.START_MS + 199 * 1000 + 250) * NS, one
        assert one["min"]["av"] == sum(800 + s for s in (59, 119, 179)), one["min"]
        assert one["day"]["v"] == sum(2 * (100 + s) for s in range(200)), one["day"]
        _, answer = double.get(base + "?tickers=BBB,DDD,ZZZ")
        assert {row["ticker"] for row in answer["tickers"]} == {"BBB", "DDD"}
        assert double.get(base + "/CCC")[1]["ticker"]["ticker"] == "CCC"
        await ws.close()


def test_errors(folder):
    tape, _ = vendor.write_trades(folder)
    with vendor.Double(tape, "--rest-delay", "1") as double:
        for target, key, status, word in (
                ("/v3/trades/AAA", None, 401, "not provided"),
                ("/v3/trades/AAA", "wrong", 401, "Unknown API Key"),
                ("/v3/trades/AAA?apiKey=test-key", None, 200, ""),
                ("/v3/trades/AAA?limit=0", vendor.KEY, 400, "limit"),
                ("/v3/trades/AAA?limit=50001", vendor.KEY, 400, "limit"),
                ("/v3/trades/AAA?order=up", vendor.KEY, 400, "asc"),
                ("/v3/trades/AAA?timestamp.gte=soon", vendor.KEY, 400, "timestamp.gte"),
                ("/v3/trades/AAA?cursor=x", vendor.KEY, 400, "cursor"),
                ("/v3/trades/", vendor.KEY, 404, "nothing"),
                ("/v9", vendor.KEY, 404, "nothing"),
                ("/v2/snapshot/locale/us/markets/stocks/tickers/ZZZ", vendor.KEY, 404, "not found"),
                ("/v2/aggs/ticker/AAA/range/5/minute/2024-03-05/2024-03-05", vendor.KEY, 400,
                 "1 minute"),
                ("/v2/aggs/ticker/AAA/range/1/minute/2024-03-05/x", vendor.KEY, 400, "YYYY"),
                ("/v2/aggs/ticker/AAA/range/1/minute/2024-03-05/2024-03-04", vendor.KEY, 400,
                 "after")):
            got, answer = double.get(target, key)
            said = answer.get("error", "") + answer.get("message", "")
            assert got == status and word in said, (target, got, answer)
        assert double.report()["rest_requests"] == 14


async def test_backfill(folder):
    """What a client lost is what it finds there."""
    tape, order = vendor.write_trades(folder)
    with vendor.Double(tape, "--speed", "0", "--end", "close", "--fault", "drop@1000:fin:300",
                       "--fault", "half-open@4000:500") as double:
        client = vendor.Follower(double)
        await client.run()
        assert len(client.records) == len(order) - 800, (len(client.records), double.report())
        have = set(client.keys())
        for symbol in vendor.SYMBOLS:
            rows = pages(double, f"/v3/trades/{symbol}?order=asc&limit=50000")
            have |= {(symbol, row["sequence_number"]) for row in rows}
        assert have == set(order)


async def main():
    with tempfile.TemporaryDirectory() as folder:
        test_errors(folder)
        print("ok: test_errors")
        for test in (test_trades, test_other_rows, test_backfill):
            await test(folder)
            print("ok:", test.__name__)


asyncio.run(main())
