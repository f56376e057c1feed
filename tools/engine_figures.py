#!/usr/bin/env python3
"""Figures of the running server, for people: what its threads cost while nothing comes, and how long
a restart takes until it is ready. Repeat them on a quiet machine.

    tools/engine_figures.py [--binary build/release/tickstock] [--seconds 20]
"""
import argparse
import http.client
import pathlib
import re
import signal
import subprocess
import tempfile
import time


class Server:
    def __init__(self, binary, *arguments):
        self.began = time.monotonic()
        self.process = subprocess.Popen([binary, "serve", "--port", "0", "--web", "/nonexistent", *arguments],
                                        stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if found := re.search(r"listening on http://[^:]+:(\d+)/", line):
                self.port = int(found.group(1))
                break
        else:
            raise SystemExit("the server did not start")

    def get(self, target):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", target)
        response = connection.getresponse()
        return response.status, response.read().decode()

    def wait_ready(self):
        while self.get("/readyz")[0] != 200:
            time.sleep(0.01)
        return time.monotonic() - self.began

    def cpu_by_thread(self):
        """Seconds so far, by name."""
        result = {}
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            name = (task / "comm").read_text().strip()
            on_cpu_ns = int((task / "schedstat").read_text().split()[0])
            result[f"{name} ({task.name})"] = on_cpu_ns / 1e9
        return result

    def end(self, how):
        self.process.send_signal(how)
        self.process.wait(60)


def idle(binary, seconds, threads, folder):
    tape = folder / "short.csv"
    tape.write_text("ticker,price,size,timestamp\nAAA,1.00,100,1709649000000\nAAA,1.01,100,1709649001000\n")
    server = Server(binary, "--data", str(folder / f"idle{threads}"), "--source", "replay", "--file", str(tape),
                    "--speed", "0", "--no-loop", "--shards", "2", "--set", f"engine.threads={threads}")
    server.wait_ready()
    time.sleep(3)
    before = server.cpu_by_thread()
    time.sleep(seconds)
    after = server.cpu_by_thread()
    server.end(signal.SIGTERM)
    shares = {name: 100 * (after[name] - before.get(name, 0)) / seconds for name in after}
    print(f"idle, engine.threads={threads}: {sum(shares.values()):.2f} % of a core in all; "
          + ", ".join(f"{name.split(' ')[0]} {share:.2f} %" for name, share in sorted(shares.items())))


def restart(binary, folder):
    arguments = ("--data", str(folder / "restart"), "--source", "synthetic", "--symbols", "1000")
    server = Server(binary, *arguments)
    first = server.wait_ready()
    time.sleep(5)
    server.end(signal.SIGTERM)
    server = Server(binary, *arguments)
    clean = server.wait_ready()
    time.sleep(5)
    server.end(signal.SIGKILL)
    server = Server(binary, *arguments)
    killed = server.wait_ready()
    server.end(signal.SIGTERM)
    print(f"synthetic market of 1,000 symbols, until ready: first start {first:.2f} s, after a clean stop "
          f"{clean:.2f} s, 5 s after the snapshot and a kill {killed:.2f} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", default="build/release/tickstock")
    parser.add_argument("--seconds", type=int, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tickstock_figures_") as folder:
        for threads in (1, 3):
            idle(options.binary, options.seconds, threads, pathlib.Path(folder))
        restart(options.binary, pathlib.Path(folder))


if __name__ == "__main__":
    main()
