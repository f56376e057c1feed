#!/usr/bin/python3
"""Fan-out to many clients: TickStock beside npm's ws, socket.io and Bun sending the same bytes at
the same pace to the same load client. See README.md.

    run.py --install           npm install of the other servers, once
    run.py --save              the table, some ten minutes, also into results.md
    run.py --sweep             doubles the rate of each until it breaks
"""
import argparse
import datetime
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tests" / "fanout"))
import crowd  # noqa: E402
import rig  # noqa: E402
import tape  # noqa: E402

SYMBOLS = 1000
LOADS = ((100, 1000), (100, 5000), (1000, 100), (1000, 500), (10000, 10), (10000, 50), (10000, 100))
NAMES = ("tickstock", "ws", "socket.io", "bun")
BREAKS_AT = 1.0  # seconds of p99


class Foreign(rig.Server):
    """One of servers/, with the same words to ask it."""

    def __init__(self, name, bodies, rate, clients):
        script = HERE / "servers" / {"ws": "ws.js", "socket.io": "socketio.js", "bun": "bun.js"}[name]
        bun = HERE / "node_modules" / ".bin" / "bun"
        runtime = [str(bun)] if name == "bun" else ["node"]
        super().__init__(command=[*runtime, str(script), str(bodies), str(rate), str(clients)])

    def closed_as_slow(self):
        return None


class Own(rig.Server):
    def closed_as_slow(self):
        return self.status()["clients"]["closed"].get("slow_client", 0)


def start(name, folder, clients, rate, seconds):
    if name == "tickstock":
        market_seconds = max(2, round(rate * seconds / SYMBOLS))
        file = folder / f"tape_{market_seconds}.ndjson"
        if not file.exists():
            tape.write(str(file), SYMBOLS, market_seconds)
        return Own("--source", "replay", "--file", str(file), "--no-loop", "--speed",
                   str(rate / SYMBOLS), settings=["stream.memory_bytes=268435456"])
    return Foreign(name, folder / "bodies.ndjson", rate, clients)


def measure(name, folder, clients, rate, args):
    """One row; None when the clients could not be connected."""
    crowd.write(folder / "clients.txt", [f"group=all count={clients}"])
    with start(name, folder, clients, rate, args.warm_up + args.seconds + 30) as server:
        time.sleep(1)
        dialect = "socketio" if name == "socket.io" else "native"
        with rig.Load(server.port, folder / "clients.txt", sources=16, check="light",
                      dialect=dialect, connect_rate=2000) as load:
            if not load.wait_for("all_open", 60):
                print(f"{name}: {load.mark('open')}", file=sys.stderr)
                return None
            while load.mark("begin")["groups"]["all"]["events"] == 0:
                time.sleep(0.5)  # a slow tape begins late
            time.sleep(args.warm_up)
            load.mark("begin")
            began, cpu, load_cpu = time.monotonic(), server.cpu_seconds(), load.cpu_seconds()
            busy = rig.busy_seconds()
            time.sleep(args.seconds)
            mark = load.mark("end")
            took = time.monotonic() - began
            row = {"name": name, "clients": clients, "rate": rate, "open": mark["open"],
                   "cpu": (server.cpu_seconds() - cpu) / took,
                   "load_cpu": (load.cpu_seconds() - load_cpu) / took,
                   "busy": (rig.busy_seconds() - busy) / took,
                   "resident": server.resident_bytes(), "slow": server.closed_as_slow()}
    group = mark["groups"]["all"]
    row.update(group)
    row["messages_per_second"] = group["messages"] / took
    row["faults"] = sum(number for word, number in group["faults"].items() if word != "first")
    row["reached"] = group["events_per_second"] / (clients * rate)
    return row


def is_broken(row):
    return row is None or row["reached"] < 0.95 or row["open"] < row["clients"] or \
        row["latency_ns"]["p99"] > BREAKS_AT * 1e9


HEAD = """| server | clients | events/s | delivered/s | MB/s | messages/s | CPU s/s | CPU s per M | client CPU s/s | p50 ms | p99 ms | p99.9 ms | max ms | MiB | notes |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"""


def line(row):
    latency = row["latency_ns"]
    notes = []
    if row["reached"] < 0.95:
        notes.append(f"{100 * row['reached']:.0f} % of the load")
    if row["slow"]:
        notes.append(f"{row['slow']} closed as slow")
    elif row["ends"]:
        notes.append("ended: " + ", ".join(f"{why} {n}" for why, n in row["ends"].items()))
    if row["faults"]:
        notes.append(f"{row['faults']} holes")
    others = row["busy"] - row["cpu"] - row["load_cpu"]
    if others > 0.2:  # a figure that is not to be published
        notes.append(f"other programs took {others:.1f} s/s")
    return (f"| {row['name']} | {row['clients']:,} | {row['rate']:,} | {row['events_per_second']:,.0f} | "
            f"{row['bytes_per_second'] / 1e6:.1f} | {row['messages_per_second']:,.0f} | {row['cpu']:.2f} | "
            f"{row['cpu'] / max(row['events_per_second'], 1) * 1e6:.2f} | {row['load_cpu']:.2f} | " +
            " | ".join(f"{latency[q] / 1e6:.2f}" for q in ("p50", "p99", "p999", "max")) +
            f" | {row['resident'] / 2**20:.0f} | {'; '.join(notes)} |")


def versions():
    def ask(*words):
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
    model = next((text.split(":")[1].strip() for text in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if text.startswith("model name")), "unknown")
    lock = (HERE / "package-lock.json").read_text()
    def of(package):
        at = lock.index(f'"node_modules/{package}": {{')
        return lock[at:].split('"version": "')[1].split('"')[0]
    return (f"{datetime.date.today()}, {os.cpu_count()} cores of {model}, "
            f"{ask(rig.program('TICKSTOCK_BINARY'), '--version')}, Node {ask('node', '--version')}, "
            f"ws {of('ws')}, socket.io {of('socket.io')}, Bun {of('bun')}")


class Tee:
    """Standard output and a file at once."""

    def __init__(self, path):
        self.console, self.file = sys.stdout, open(path, "w", encoding="utf-8")

    def write(self, text):
        self.console.write(text)
        self.file.write(text)

    def flush(self):
        self.console.flush()
        self.file.flush()


def table(folder, args, names):
    print(HEAD, flush=True)
    for clients, rate in [tuple(map(int, one.split("x"))) for one in args.loads] or LOADS:
        for name in names:
            row = measure(name, folder, clients, rate, args)
            print(line(row) if row else f"| {name} | {clients:,} | {rate:,} | clients could not connect |",
                  flush=True)


def sweep(folder, args, names):
    print("| server | clients | highest rate with p99 under 1 s | breaks at |\n|---|---|---|---|")
    for clients in (100, 1000, 10000):
        for name in names:
            rate, good = max(1, 50000 // clients), 0
            while rate * clients <= 20_000_000:
                row = measure(name, folder, clients, rate, args)
                print(f"  {line(row) if row else name}", file=sys.stderr, flush=True)
                if is_broken(row):
                    break
                good, rate = rate, rate * 2
            print(f"| {name} | {clients:,} | {good:,} | {rate:,} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--install", action="store_true")
    parser.add_argument("--sweep", action="store_true")
    parser.add_argument("--save", action="store_true")
    parser.add_argument("--names", default=",".join(NAMES))
    parser.add_argument("--loads", nargs="*", default=[], help="CLIENTSxRATE, for example 1000x500")
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--warm-up", type=float, default=4)
    args = parser.parse_args()
    if args.install:
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True)
        return
    if args.save:
        sys.stdout = Tee(HERE / "results.md")
        print("# Fan-out: last figures\n\nMade by `run.py --save`; [README.md](README.md) says what they mean "
              "and what is not the same.\n")
    names = args.names.split(",")
    if not (HERE / "node_modules").exists():
        names = ["tickstock"]
        print("the other servers are not installed (run.py --install): TickStock alone", file=sys.stderr)
    else:
        print(versions() + "\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="tickstock_bench_fanout_") as name:
        folder = pathlib.Path(name)
        source = folder / "source.ndjson"
        tape.write(str(source), SYMBOLS, 20)
        rig.replay(str(source), str(folder / "bodies.ndjson"))
        (sweep if args.sweep else table)(folder, args, names)


if __name__ == "__main__":
    main()
