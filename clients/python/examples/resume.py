"""Goes on where the last run ended: counts every event once, however often it is stopped.

    python resume.py STATE [--url ws://127.0.0.1:8080/ws] [--until N]

STATE is a small file with the position and the counts; both change together, by a rename.
"""
import argparse
import asyncio
import json
import os
import pathlib
from typing import Any

import tickstock


def load(path: pathlib.Path) -> dict[str, Any]:
    try:
        state: dict[str, Any] = json.loads(path.read_text())
        return state
    except FileNotFoundError:
        return {"position": None, "counts": {}, "gaps": 0}


def save(path: pathlib.Path, state: dict[str, Any]) -> None:
    new = path.with_name(path.name + ".new")
    with new.open("w") as file:
        json.dump(state, file)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("state", type=pathlib.Path)
    parser.add_argument("--url", default="ws://127.0.0.1:8080/ws")
    parser.add_argument("--until", type=int, default=0, help="end when the position is there")
    options = parser.parse_args()

    state = load(options.state)
    since: str | tickstock.Position = "now"
    if state["position"]:
        since = tickstock.Position.parse(state["position"])
    async with tickstock.connect(options.url, token=os.environ.get("TICKSTOCK_TOKEN")) as client:
        subscription = client.subscribe(since=since)
        async for item in subscription:
            match item:
                case tickstock.Event():
                    state["counts"][item.type] = state["counts"].get(item.type, 0) + 1
                case tickstock.Gap():
                    state["gaps"] += 1
                    print(f"missing from {item.first} on: {item.reason}")
            # The position covers this item, so it is saved after the item's work is done.
            state["position"] = str(subscription.position)
            save(options.state, state)
            if options.until and subscription.position.offset >= options.until:  # type: ignore[union-attr]
                break
    print(f"at {state['position']}: {state['counts']}, {state['gaps']} gaps")


try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
except tickstock.TickstockError as error:
    raise SystemExit(f"resume: {error}") from None
