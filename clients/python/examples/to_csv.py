"""Records the events of a day that a server replays, for a notebook:

    tickstock serve --source replay --file day.csv.gz --speed 0 --no-loop
    python to_csv.py events.csv [--url http://127.0.0.1:8080]

Takes everything that the server has, from the epoch's first event to the last, and ends when the
replay has. Prices are written as they came: exact decimals. Exit code 2 where the record is not
whole.
"""
import argparse
import asyncio
import csv
import os

import tickstock

COLUMNS = ("offset", "ts_ns", "ts", "id", "rev", "symbol", "type", "direction", "price", "volume",
           "session", "source", "confidence", "score")
SCORES = {"high": "significance", "low": "significance", "surge": "score",
          "trend": "trend_score", "valuation": "strength"}


def row(event: tickstock.Event) -> tuple[object, ...]:
    return (event.offset, event.ts_ns, event.ts.isoformat(), event.id, event.rev, event.symbol,
            event.type, event.direction, event.price, event.volume, event.session, event.source,
            event.confidence, event.data.get(SCORES.get(event.type, "")))


async def end_of_replay(rest: tickstock.Rest) -> int:
    """The stream's last offset, once all sources have ended."""
    while True:
        status = await asyncio.to_thread(rest.status)
        if status.get("sources") and all(one["state"] == "ended" for one in status["sources"]):
            # Asked again: events may have come between the two members.
            return int((await asyncio.to_thread(rest.status))["offset"])
        await asyncio.sleep(0.2)


async def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("csv")
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    options = parser.parse_args()
    token = os.environ.get("TICKSTOCK_TOKEN")

    rest = tickstock.Rest(options.url, token=token)
    epoch = (await asyncio.to_thread(rest.status))["epoch"]
    end = asyncio.create_task(end_of_replay(rest))
    written, gaps = 0, 0
    websocket = options.url.replace("http", "ws", 1).rstrip("/") + "/ws"
    async with tickstock.connect(websocket, token=token) as client:
        with open(options.csv, "w", newline="") as file:
            table = csv.writer(file)
            table.writerow(COLUMNS)
            subscription = client.subscribe(since=tickstock.Position(epoch, 0))
            while True:
                position = subscription.position
                if end.done() and position and position.offset >= end.result():
                    break
                try:
                    # The last bookmark may have come already: look at `end` now and then.
                    async with asyncio.timeout(1):
                        item = await anext(subscription)
                except TimeoutError:
                    continue
                match item:
                    case tickstock.Event():
                        table.writerow(row(item))
                        written += 1
                    case tickstock.Gap():
                        gaps += 1
                        print(f"not whole: {item.first}–{item.last or ''} are gone: {item.reason}")
    print(f"{written} events in {options.csv}")
    return 2 if gaps else 0


try:
    raise SystemExit(asyncio.run(main()))
except tickstock.TickstockError as error:
    raise SystemExit(f"to_csv: {error}") from None
