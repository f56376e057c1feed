#!/usr/bin/python3
"""A thread that hangs is named with its stack, ends the process with status 70, and costs nothing (RELIABILITY 51)."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from support import EVERY_EXTREME, PATIENCE, Server, binary, replayed_bodies, write_small_file

RECORDS = 6000
STALL_AT = 3000  # sequence
SLEEP = 100      # seconds, of which the watchdog allows 10; longer than any machine is late


def stalling_engine():
    path = os.environ.get("TICKSTOCK_STALLING_ENGINE")
    if not path or not os.path.exists(path):
        print("skipped: TICKSTOCK_STALLING_ENGINE names no file")
        sys.exit(77)
    return path


class Lines:
    """Standard error of a process."""

    def __init__(self, process):
        self.process = process
        self.lines = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))

    def end(self):
        """The exit status."""
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            self._reader.join()

    def first(self, text):
        """The first line with the text."""
        return next(line for line in self.lines if text in line)

    def seconds(self, text):
        """What the first line with the text says how long no step had ended."""
        return float(re.search(r"no step has ended for ([0-9.]+) s", self.first(text)).group(1))

    def __str__(self):
        return "\n".join(self.lines)


class StuckThread(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tickstock_watchdog_")
        self.data = pathlib.Path(self.folder.name) / "data"
        self.tape = write_small_file(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def stall(self):
        """A life that ends with a thread asleep: what it said, its exit status."""
        settings = [each for each in EVERY_EXTREME if each != "--set"]
        settings += [f"data.directory={self.data}", "source.names=replay", f"source.files={self.tape}",
                     "source.speed=0", "source.loop=false", "snapshot.interval_seconds=0",
                     "engine.shards=2", "engine.threads=3"]
        process = subprocess.Popen([stalling_engine(), str(STALL_AT), str(SLEEP), *settings],
                                   stderr=subprocess.PIPE, text=True)
        said = Lines(process)
        status = said.end()
        self.assertIn("falls asleep", str(said))
        return said, status

    def test_a_sleep_ends_the_process_and_loses_nothing(self):
        said, status = self.stall()
        self.assertEqual(status, 70, said)
        # By the watchdog's own clock: it leaves out the time in which the machine stood still.
        self.assertGreaterEqual(said.seconds("watchdog: ts-shard-1 is stuck"), 10, said)
        self.assertLess(said.seconds("watchdog: ts-shard-1 is stuck"), 12, said)

        told = "watchdog: ts-shard-1: no step has ended for "
        self.assertIn(" error ", said.first(told))
        self.assertLess(said.seconds(told), 4, said)
        stack = [line for line in said.lines if re.search(r"error ts-shard-1: #\d+ ", line)]
        self.assertTrue(any("nanosleep" in frame for frame in stack), said)
        self.assertTrue(any("before_run" in frame or "tickstock::" in frame for frame in stack), said)
        # A busy machine may be slow with its disk, or stand still.
        self.assertNotRegex(str(said), r"watchdog: (?!ts-shard-1|the process ends with status 70|nothing was watched"
                                       r"|ts-disk: the disk has not|ts-snapshot: the disk has not|ts-\w+ goes on)")
        self.assertNotIn("is awake", str(said))

        self.go_on()

    def go_on(self):
        """The next start has what was journaled, and admits and publishes the rest."""
        with Server("--data", str(self.data), "--source", "replay", "--file", self.tape, "--no-loop", "--speed", "0",
                    "--set", "snapshot.interval_seconds=0", *EVERY_EXTREME) as server:
            end = time.monotonic() + PATIENCE
            while not self.has_ended(server):
                self.assertLess(time.monotonic(), end)
                time.sleep(0.05)
            recovery = server.status()["recovery"]
            self.assertFalse(recovery["new_epoch"], recovery)
            self.assertGreaterEqual(recovery["recovered_through"], STALL_AT, recovery)
            self.assertGreater(recovery["events_compared"], 100, recovery)
            metrics = server.get("/metrics")[2]
            self.assertIn('tickstock_thread_stalls_total{thread="server"} 0\n', metrics)
            for thread in ("ts-disk", "ts-snapshot"):  # a disk that is slow is told in the log
                told = sum(f"watchdog: {thread}: the disk has not answered" in line for line in server.lines)
                self.assertIn(f'tickstock_thread_stalls_total{{thread="{thread}"}} {told}\n', metrics)
            server.terminate()
            self.assertEqual(server.exit_code(), 0)
        journal = str(self.data / "journal")
        verified = subprocess.run([binary(), "journal", "verify", journal], capture_output=True, text=True, check=False)
        self.assertEqual(verified.returncode, 0, verified.stderr)
        self.assertRegex(verified.stdout, rf"(?m)^trade +{RECORDS}$")
        # Each record once and in its order, or the events would not be the same.
        self.assertEqual(replayed_bodies(journal), self.undisturbed())

    def undisturbed(self):
        with Server("--data", self.folder.name + "/other", "--source", "replay", "--file", self.tape, "--no-loop",
                    "--speed", "0", *EVERY_EXTREME) as server:
            end = time.monotonic() + PATIENCE
            while not self.has_ended(server):
                self.assertLess(time.monotonic(), end)
                time.sleep(0.05)
            server.terminate()
            self.assertEqual(server.exit_code(), 0)
        return replayed_bodies(self.folder.name + "/other/journal")

    def has_ended(self, server):
        sources = server.status().get("sources")
        return bool(sources) and all(one["state"] == "ended" for one in sources)


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # of pipes that the Server helper leaves to its end
