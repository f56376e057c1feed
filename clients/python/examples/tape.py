"""A tape in the terminal: the latest highs and lows, then every new one.

    python tape.py [--url ws://127.0.0.1:8080/ws] [--symbols IBM,AAPL] [--count N]

A token is taken from the environment variable TICKSTOCK_TOKEN.
"""
import argparse
import asyncio
import os

import tickstock


def line(event: tickstock.Event) -> str:
    arrow = {"up": "▲", "down": "▼"}.get(event.direction or "", " ")
    return f"{event.ts:%H:%M:%S.%f} {arrow} {event.type:<9} {event.symbol:<6} {event.price}"


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", default="ws://127.0.0.1:8080/ws")
    parser.add_argument("--symbols", default="", help="with commas; all if left out")
    parser.add_argument("--count", type=int, default=0, help="end after so many new events")
    options = parser.parse_args()

    left = options.count
    async with tickstock.connect(options.url, token=os.environ.get("TICKSTOCK_TOKEN")) as client:
        async for item in client.subscribe(
                types=["high", "low"], since="snapshot",
                symbols=[one for one in options.symbols.split(",") if one]):
            match item:
                case tickstock.Subscribed():
                    print(f"-- at {item.position}")
                case tickstock.Snapshot():
                    for event in item.events:
                        print(line(event))
                    print(f"-- {len(item.events)} known, now the new ones", flush=True)
                case tickstock.Gap():
                    print(f"-- missing: {item.first}–{item.last or ''} ({item.reason})")
                case tickstock.Event():
                    print(line(item), flush=True)
                    left -= 1
                    if left == 0:
                        break


try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
except tickstock.TickstockError as error:
    raise SystemExit(f"tape: {error}") from None
