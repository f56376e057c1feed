#!/usr/bin/python3
"""SIGKILL, and what the next start finds: the same stream, torn tails cut, damage told (RELIABILITY 39, 40).
The loop with random moments is tests/crashloop."""
import asyncio
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

from support import EVERY_EXTREME, PATIENCE, NativeClient, Server, binary, write_small_file


def has_ended(server):
    sources = server.status().get("sources")
    return bool(sources) and all(one["state"] == "ended" for one in sources)


class Crash(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tickstock_crash_")
        self.data = pathlib.Path(self.folder.name) / "data"
        self.journal = self.data / "journal"
        self.tape = write_small_file(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def server(self, *more, speed="0"):
        return Server("--data", str(self.data), "--source", "replay", "--file", self.tape, "--no-loop",
                      "--speed", speed, "--set", "snapshot.interval_seconds=0", *EVERY_EXTREME, *more)

    def run_to_the_end(self, server):
        end = time.monotonic() + PATIENCE
        while not has_ended(server):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)

    def kill(self, server):
        server.process.send_signal(signal.SIGKILL)
        server.process.wait(PATIENCE)

    def read_events(self, server):
        """Every event of the epoch, from the first on."""
        async def read():
            async with server.connect() as socket:
                client = NativeClient(socket)
                status = server.status()
                await client.subscribe(since={"epoch": status["epoch"], "offset": 0})
                await client.follow_to(status["offset"])
                self.assertEqual(client.gaps, [])
                return status["epoch"], client.events
        return asyncio.run(read())

    def replayed(self):
        out = subprocess.run([binary(), "replay", self.journal, "--order", "stream", "--out", "-", "--quiet",
                              *EVERY_EXTREME], check=True, capture_output=True, text=True).stdout
        return list(enumerate(out.splitlines(), 1))

    def recovery(self, server):
        return server.page("/api/v1/status")["recovery"]

    def test_the_stream_goes_on_where_it_was(self):
        with self.server("--shards", "2") as server:
            self.run_to_the_end(server)
            epoch, before = self.read_events(server)
            self.kill(server)
        self.assertGreater(len(before), 100)
        with self.server("--shards", "3") as server:
            self.assertEqual(self.read_events(server), (epoch, before))
            server.terminate()
            self.assertEqual(server.exit_code(), 0)
        self.assertEqual(self.replayed(), before)

    def test_a_torn_tail_is_cut_and_its_records_come_again(self):
        with self.server() as server:
            self.run_to_the_end(server)
            epoch, before = self.read_events(server)
            self.kill(server)
        newest = sorted(self.journal.glob("*.tsj"))[-1]
        verify = subprocess.run([binary(), "journal", "verify", self.journal], capture_output=True, text=True)
        self.assertEqual(verify.returncode, 0, verify.stderr)
        # The last frame's bytes are the last that are not zero: what was reserved behind is zeros.
        data = newest.read_bytes().rstrip(b"\0")
        newest.write_bytes(data[:-5])
        with self.server() as server:
            self.assertTrue(any("torn" in line for line in server.lines), server.lines)
            self.run_to_the_end(server)
            server.terminate()
            self.assertEqual(server.exit_code(), 0)
        self.assertEqual([body for _, body in self.replayed()], [body for _, body in before])

    def test_damage_before_valid_entries_stops_the_start(self):
        with self.server() as server:
            self.run_to_the_end(server)
            self.kill(server)
        first = sorted(self.journal.glob("*.tsj"))[0]
        data = bytearray(first.read_bytes())
        data[len(data.rstrip(b"\0")) // 2] ^= 1
        first.write_bytes(data)
        result = subprocess.run([binary(), "serve", "--port", "0", "--data", str(self.data), "--source", "replay",
                                 "--file", self.tape, *EVERY_EXTREME], capture_output=True, text=True,
                                timeout=PATIENCE)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn(first.name, result.stderr)
        self.assertEqual(first.read_bytes(), bytes(data), "a refused start changes nothing")

    def test_a_lost_stored_stream_is_made_again(self):
        with self.server() as server:
            self.run_to_the_end(server)
            epoch, before = self.read_events(server)
            self.kill(server)
        for path in (self.data / "stream").iterdir():
            path.unlink()
        with self.server() as server:
            self.assertEqual(self.read_events(server), (epoch, before))


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # of pipes that the Server helper leaves to its end
