#!/usr/bin/python3
"""The same events to many clients with mixed filters: what each receives is the filter applied
offline, no gap, nothing twice. Plain; with cut connections; with a server that is killed; with
clients that stop reading. Small as it stands; --full: 1 M events to 1,000 clients."""
import argparse
import pathlib
import random
import sys
import tempfile
import time

import crowd
import rig
import tape

MODES = ("plain", "churn", "kill", "stall")


def behaviour(mode, count):
    """What the n-th client does beside reading."""
    def words(number):
        if mode == "churn" and number % 2 == 0:
            return f"group=churn churn={3 + number % 5}"
        if mode == "stall" and number % 20 == 0:
            # Half of them come back and resume, half do not.
            stays = "" if number % 40 == 0 else "stall_for=15"
            return f"group=stalled stall_after=2 {stays}"
        return "group=good"
    return words


def filters_of(mode, count, symbols):
    filters = crowd.mixed(count, symbols)
    if mode == "stall":  # those that stop are to have something waiting for them
        filters = ["" if number % 20 == 0 else words for number, words in enumerate(filters)]
    return filters


def kill_again_and_again(server, load, seconds, pause):
    """kill -9 and a start on the same port and data, until all clients have everything. Times."""
    rng = random.Random(1)
    times = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done = load.wait_for("all_done", rng.uniform(0.5, 1.5) * pause)
        if done:
            return done, times
        if times < 8:
            server.kill()
            server.start()
            times += 1
    return None, times


def run(mode, folder, tape_file, truth, events, args):
    clients = folder / f"clients_{mode}.txt"
    crowd.write(clients, filters_of(mode, args.clients, args.symbols), behaviour(mode, args.clients))
    with rig.Server("--source", "replay", "--file", tape_file, "--no-loop", "--speed",
                    str(args.speed), settings=args.settings) as server:
        epoch = server.status()["epoch"]
        began = time.monotonic()
        with rig.Load(server.port, clients, truth=truth, epoch=epoch, sources=8,
                      seed=2) as load:
            kills = 0
            if mode == "kill":
                done, kills = kill_again_and_again(server, load, args.patience, args.patience / 60)
            else:
                done = load.wait_for("all_done", args.patience)
            took = time.monotonic() - began
            status = server.status()
            cpu = server.cpu_before + server.cpu_seconds()
            resident = server.resident_bytes()
            client_cpu = load.cpu_seconds()
            report = load.quit()
    return {"mode": mode, "done": done is not None, "seconds": took, "kills": kills, "cpu": cpu,
            "client_cpu": client_cpu, "resident": resident, "groups": report["groups"],
            "clients": status["clients"], "closes": status.get("accounting", {}).get("closes")}


def complaints(result, events):
    """Why this run is no proof; empty when it is."""
    found = []
    if not result["done"]:
        found.append("not all clients came to the end in time")
    if result["closes"] is not True:
        found.append("the server's accounting does not close")
    for name, group in result["groups"].items():
        faults = {word: number for word, number in group["faults"].items()
                  if word != "first" and number}
        if faults:
            found.append(f"{name}: {faults}; first: {group['faults']['first']}")
        if name != "stalled" and group["lowest_position"] != events:
            found.append(f"{name}: a client stands at {group['lowest_position']} of {events}")
        for why in group["ends"]:
            if why.startswith(("broken", "closed_1")):
                found.append(f"{name}: {why}: {group['ends'][why]}")
    mode = result["mode"]
    if mode == "churn" and result["groups"]["churn"]["ends"].get("churn", 0) == 0:
        found.append("no connection was cut")
    if mode == "kill" and result["kills"] == 0:
        found.append("the server was not killed")
    if mode == "stall" and result["clients"]["closed"].get("slow_client", 0) == 0:
        found.append("no client that stopped reading was closed")
    return found


def show(result):
    groups = result["groups"]
    events = sum(group["total_events"] for group in groups.values())
    ends = {}
    for group in groups.values():
        for why, times in group["ends"].items():
            ends[why] = ends.get(why, 0) + times
    good = groups.get("good", next(iter(groups.values())))["latency_ns"]
    print(f"{result['mode']:6} {result['seconds']:7.1f} s  {events:12,} events received  "
          f"connections {sum(group['connects'] for group in groups.values()):6,}  "
          f"kills {result['kills']}  server {result['cpu']:6.1f} s CPU {result['resident'] >> 20:5} MiB  "
          f"load client {result['client_cpu']:6.1f} s CPU  "
          f"p50 {good['p50'] / 1e6:8.2f} ms  p99 {good['p99'] / 1e6:8.2f} ms  "
          f"slow closed {result['clients']['closed'].get('slow_client', 0)}  ends {ends}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="1 M events to 1,000 clients")
    parser.add_argument("--clients", type=int, default=None)
    parser.add_argument("--symbols", type=int, default=None)
    parser.add_argument("--seconds", type=int, default=None, help="of market time in the tape")
    parser.add_argument("--speed", type=float, default=None, help="market seconds per second")
    parser.add_argument("--patience", type=float, default=None)
    parser.add_argument("--set", dest="settings", action="append", default=[])
    parser.add_argument("--modes", default=",".join(MODES))
    args = parser.parse_args()
    sizes = (1000, 1000, 960, 5, 1200) if args.full else (100, 100, 500, 60, 240)
    for name, size in zip(("clients", "symbols", "seconds", "speed", "patience"), sizes):
        if getattr(args, name) is None:
            setattr(args, name, size)
    rig.program("TICKSTOCK_BINARY"), rig.program("TICKSTOCK_LOADCLIENT")

    failed = False
    with tempfile.TemporaryDirectory(prefix="tickstock_fanout_tape_") as name:
        folder = pathlib.Path(name)
        tape_file, truth = str(folder / "tape.ndjson"), str(folder / "truth.ndjson")
        tape.write(tape_file, args.symbols, args.seconds)
        events = rig.replay(tape_file, truth)
        print(f"{events:,} events, {args.clients:,} clients, speed {args.speed:g}", flush=True)
        for mode in args.modes.split(","):
            result = run(mode, folder, tape_file, truth, events, args)
            show(result)
            for complaint in complaints(result, events):
                failed = True
                print(f"  FAILED {mode}: {complaint}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
