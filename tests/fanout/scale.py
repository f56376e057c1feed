#!/usr/bin/python3
"""Figures of many connections (RELIABILITY 2, rows 13 to 15), for people: not a test.

    scale.py idle      10,000 connections: time, memory and CPU while nothing happens; then 1,000
                       events/s to 100 of them; 10,000 clients of 100 events/s
    scale.py storm     connections that come at once while 1,000 others read
    scale.py live      100,000 trades/s, 500 events/s to 100 clients (SPEC 17)
    scale.py stalled   one reader that stops among 1,000: the others' latency without and with it
"""
import argparse
import contextlib
import pathlib
import tempfile
import time

import crowd
import rig
import tape


def milliseconds(latency):
    return "  ".join(f"{name} {latency[name] / 1e6:.2f}" for name in ("p50", "p99", "p999", "max"))


@contextlib.contextmanager
def serving(folder, symbols, seconds, quiet, speed=1.0, fillers=0, settings=()):
    tape_file = str(folder / "tape.ndjson")
    tape.write(tape_file, symbols, seconds, quiet_seconds=quiet, fillers=fillers)
    with rig.Server("--source", "replay", "--file", tape_file, "--no-loop", "--speed", str(speed),
                    settings=settings) as server:
        yield server


def lines(folder, name, *wishes):
    path = folder / name
    crowd.write(path, wishes)
    return str(path)


class Window:
    """CPU, memory and the load client's figures between two moments."""

    def __init__(self, server, *loads):
        self.server, self.loads = server, loads
        for load in loads:
            load.mark("begin")
        self.began, self.cpu = time.monotonic(), server.cpu_seconds()
        self.load_cpu = [load.cpu_seconds() for load in loads]
        self.busy = rig.busy_seconds()

    def end(self, what):
        took = time.monotonic() - self.began
        cpu = (self.server.cpu_seconds() - self.cpu) / took
        load_cpu = sum(load.cpu_seconds() for load in self.loads) - sum(self.load_cpu)
        others = (rig.busy_seconds() - self.busy) / took - cpu - load_cpu / took
        marks = [load.mark("end") for load in self.loads]
        print(f"{what}: server {100 * cpu:.1f} % of a core, load client {100 * load_cpu / took:.0f} %, "
              f"server {self.server.resident_bytes() / 2**20:.0f} MiB resident, "
              f"other programs {100 * max(0, others):.0f} %", flush=True)
        for mark in marks:
            for name, group in mark["groups"].items():
                faults = sum(n for word, n in group["faults"].items() if word != "first")
                print(f"  {name:8} {group['clients']:6,} clients  {group['events_per_second']:12,.0f} events/s  "
                      f"{group['bytes_per_second'] / 1e6:8.1f} MB/s  "
                      f"{group['messages'] / took:9,.0f} messages/s  "
                      f"ms: {milliseconds(group['latency_ns'])}  faults {faults}  ends {group['ends']}",
                      flush=True)
        return marks


def idle(folder, args):
    number = args.connections
    with serving(folder, 1000, 60, 45, settings=args.settings) as server:
        time.sleep(1)
        before, before_anonymous = server.resident_bytes(), server.anonymous_bytes()
        clients = lines(folder, "idle.txt", f"group=idle count={number - 100} symbols=NOTHERE",
                        "group=reading count=100")
        with rig.Load(server.port, clients, sources=args.sources) as load:
            opened = load.wait_for("all_open", 60)
            time.sleep(3)
            mark = load.mark("open")
            after, after_anonymous = server.resident_bytes(), server.anonymous_bytes()
            print(f"{number:,} connections opened and subscribed in {opened['seconds']:.2f} s; "
                  f"of one ms: {milliseconds(mark['groups']['idle']['connect_ns'])}")
            print(f"  per connection {(after - before) / 1024 / number:.1f} KiB resident "
                  f"({(after_anonymous - before_anonymous) / 1024 / number:.1f} KiB anonymous)")
            window = Window(server, load)
            time.sleep(15)
            window.end("idle, heartbeats only")
            while server.status()["offset"] < 2000:
                time.sleep(0.2)
            window = Window(server, load)
            time.sleep(20)
            window.end("1,000 events/s, to 100 of them")
            print(f"  per connection {(server.anonymous_bytes() - before_anonymous) / 1024 / number:.1f} "
                  "KiB anonymous, stream included")


def everyone(folder, args):
    number = args.connections
    for rate, words in ((100, ""), (100, "interval_ms=500"), (1000, "symbols=AAAA,AAAH,AABC,AABJ")):
        with serving(folder, rate, 60, 12, settings=args.settings) as server:
            time.sleep(1)
            before = server.anonymous_bytes()
            clients = lines(folder, "all.txt", f"group=all count={number} {words}")
            with rig.Load(server.port, clients, sources=args.sources,
                          check="items" if "symbols" in words else "light") as load:
                if not load.wait_for("all_open", 60):
                    print("not all connections were opened")
                while server.status()["offset"] < 5 * rate:
                    time.sleep(0.2)
                window = Window(server, load)
                time.sleep(25)
                window.end(f"{rate} events/s, {number:,} clients, {words or 'all events'}")
                print(f"  per connection {(server.anonymous_bytes() - before) / 1024 / number:.1f} KiB "
                      "anonymous, stream included")


def storm(folder, args):
    with serving(folder, 500, 120, 5, settings=args.settings) as server:
        readers = lines(folder, "readers.txt", "group=readers count=1000 symbols=AAAA,AAAH,AABC,AABJ")
        newcomers = lines(folder, "newcomers.txt", f"group=new count={args.connections - 1000} symbols=NOTHERE")
        with rig.Load(server.port, readers, sources=2) as load:
            load.wait_for("all_open", 60)
            while server.status()["offset"] < 1000:
                time.sleep(0.2)
            window = Window(server, load)
            time.sleep(10)
            window.end("before")
            window = Window(server, load)
            with rig.Load(server.port, newcomers, sources=args.sources) as others:
                opened = others.wait_for("all_open", 60)
                took = f"{opened['seconds']:.2f} s" if opened else "more than 60 s"
                new = others.mark("open")["groups"]["new"]
                print(f"{args.connections - 1000:,} more opened at once in {took}; of one ms: "
                      f"{milliseconds(new['connect_ns'])}; ends {new['ends']}")
                time.sleep(max(0, 10 - (time.monotonic() - window.began)))
                window.end("while they came")
            window = Window(server, load)
            time.sleep(10)
            window.end("while they went")


def live(folder, args):
    with serving(folder, 500, 45, 5, fillers=199, settings=args.settings) as server:
        with rig.Load(server.port, lines(folder, "live.txt", "group=all count=100")) as load:
            load.wait_for("all_open", 60)
            while server.status()["offset"] < 2500:
                time.sleep(0.2)
            window = Window(server, load)
            time.sleep(30)
            window.end("100,000 trades/s, 500 events/s, 100 clients")
            status = server.status()
            engine = status["batch_latency_seconds"]
            print(f"  engine, receive to stream, since ready, ms: p50 {engine['p50'] * 1e3:.3f}  "
                  f"p99 {engine['p99'] * 1e3:.3f}  max {engine['max'] * 1e3:.2f}; "
                  f"records/s {status['rates']['records_per_second']:,.0f}")


def stalled(folder, args):
    for stalled_count in (0, 1, 50):
        with serving(folder, 1000, 120, 5, settings=args.settings) as server:
            words = ["group=good count=30", f"group=some count={970 - stalled_count} symbols=AAAA,AAAH,AABC,AABJ"]
            if stalled_count:
                words.append(f"group=stalled count={stalled_count} stall_after=9.5")
            with rig.Load(server.port, lines(folder, "clients.txt", *words), sources=8) as load:
                load.wait_for("all_open", 60)
                while server.status()["offset"] < 4000:
                    time.sleep(0.1)
                before = server.anonymous_bytes()
                window = Window(server, load)
                time.sleep(30)
                window.end(f"{stalled_count} of 1,000 stopped reading; 1,000 events/s")
                print(f"  anonymous memory {(server.anonymous_bytes() - before) / 1024:+,.0f} KiB (stream "
                      f"included); closed as slow: {server.status()['clients']['closed'].get('slow_client', 0)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", default=["idle", "everyone", "storm", "live", "stalled"])
    parser.add_argument("--connections", type=int, default=10000)
    parser.add_argument("--sources", type=int, default=16, help="source addresses")
    parser.add_argument("--set", dest="settings", action="append", default=[])
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tickstock_scale_") as name:
        for case in args.cases:
            print(f"## {case}", flush=True)
            {"idle": idle, "everyone": everyone, "storm": storm, "live": live, "stalled": stalled}[case](
                pathlib.Path(name), args)


if __name__ == "__main__":
    main()
