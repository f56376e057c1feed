#!/usr/bin/python3
"""The data directory of the real binary: a full disk, a second process, files of a newer program
(RELIABILITY 37, 40)."""
import json
import os
import pathlib
import struct
import subprocess
import tempfile
import time
import unittest

from support import EVERY_EXTREME, PATIENCE, Server, binary, write_small_file

MEBIBYTE = 1 << 20


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def make_newer(path):
    """The file's header of the next format version, with a good checksum."""
    data = bytearray(path.read_bytes())
    version, size = struct.unpack_from("<II", data, 8)
    struct.pack_into("<I", data, 8, version + 1)
    struct.pack_into("<I", data, size - 4, crc32c(data[:size - 4]))
    path.write_bytes(data)


def wait_until(condition, patience=PATIENCE):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def has_ended(server):
    sources = server.status().get("sources")
    return bool(sources) and all(one["state"] == "ended" for one in sources)


def serve_once(data, *arguments):
    """A start that is to be refused: (exit code, what it says)."""
    result = subprocess.run([binary(), "serve", "--port", "0", "--data", str(data), *arguments],
                            capture_output=True, text=True, timeout=PATIENCE)
    return result.returncode, result.stderr


class FullDisk(unittest.TestCase):
    """A tmpfs of 64 MiB; another file takes the room and gives it back."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tickstock_full_")
        self.disk = pathlib.Path(self.folder.name) / "disk"
        self.disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(self.disk)],
                                 capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            self.folder.cleanup()
            self.skipTest("no tmpfs can be mounted here: " + mounted.stderr.strip())

    def tearDown(self):
        subprocess.run(["umount", str(self.disk)], check=True)
        self.folder.cleanup()

    def fill(self):
        with (self.disk / "ballast").open("wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(64 * 1024))
            except OSError:
                pass

    def test_admission_stops_and_goes_on_by_itself(self):
        tape = pathlib.Path(self.folder.name) / "tape.tsj"
        subprocess.run([binary(), "generate", "--format", "journal", "--out", tape, "--symbols", "100", "--date",
                        "2024-03-05", "--from", "09:30", "--to", "09:40", "--trades-per-second", "100"],
                       check=True, capture_output=True)
        with Server("--data", str(self.disk / "data"), "--source", "replay", "--file", str(tape), "--no-loop",
                    "--speed", "60", "--set", f"journal.reserve_bytes={4 * MEBIBYTE}",
                    "--set", f"journal.segment_bytes={MEBIBYTE}", *EVERY_EXTREME) as server:
            self.assertTrue(wait_until(lambda: server.get("/readyz")[0] == 200))
            self.assertTrue(wait_until(lambda: server.status()["sequence"] > 1000))
            self.fill()
            self.assertTrue(wait_until(lambda: server.page("/api/v1/journal")["state"] == "disk_full"))
            ready, _, why = server.get("/readyz")
            self.assertEqual(ready, 503)
            self.assertIn("disk_full", why)
            self.assertIn("journal", [alert["type"] for alert in server.status()["alerts"]])
            self.assertTrue(any("the disk is full" in line for line in server.lines), server.lines)
            stopped_at = server.status()["sequence"]
            time.sleep(1.5)  # status is a second old at most
            standing = server.status()["sequence"]
            time.sleep(1.5)
            self.assertEqual(server.status()["sequence"], standing, "it admits on a full disk")
            self.assertGreaterEqual(standing, stopped_at)
            self.assertFalse(has_ended(server))
            (self.disk / "ballast").unlink()
            self.assertTrue(wait_until(lambda: server.get("/readyz")[0] == 200))
            self.assertTrue(wait_until(lambda: has_ended(server)))
            self.assertEqual(server.page("/api/v1/journal")["disk_full_stops"], 1)
            server.terminate()
            self.assertEqual(server.exit_code(), 0, server.lines)
        self.check_journal(tape)

    def check_journal(self, tape):
        """Nothing is missing, and the events are those of an uninterrupted run."""
        journal = self.disk / "data" / "journal"

        def records(path):
            lines = subprocess.run([binary(), "journal", "cat", path], check=True, capture_output=True, text=True)
            rows = [json.loads(line) for line in lines.stdout.splitlines()]
            return [(row["symbol"], row["kind"], row["ts_event"]) for row in rows
                    if row["kind"] not in ("decision", "clock_tick")]

        self.assertEqual(records(journal), records(tape))
        gaps = subprocess.run([binary(), "journal", "cat", journal, "--decisions"], check=True, capture_output=True,
                              text=True).stdout
        self.assertIn("disk_full", gaps)
        replayed = self.replay(journal)
        with Server("--data", str(self.disk / "data"), "--source", "replay", "--file", str(tape), "--no-loop",
                    *EVERY_EXTREME) as server:
            offset = server.status()["offset"]
            self.assertEqual(server.status()["first_offset"], 1)
            server.terminate()
            self.assertEqual(server.exit_code(), 0, server.lines)
        # Deadlines that were open at the stop may fire in the next run: they come behind what was told.
        again = self.replay(journal)
        self.assertEqual(again[:len(replayed)], replayed)
        self.assertLessEqual(len(replayed), offset)
        self.assertLessEqual(offset, len(again))

    @staticmethod
    def replay(journal):
        return subprocess.run([binary(), "replay", journal, "--order", "stream", "--out", "-", "--quiet", *EVERY_EXTREME],
                              check=True, capture_output=True, text=True).stdout.splitlines()


class DataDirectory(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tickstock_data_")
        self.data = pathlib.Path(self.folder.name) / "data"
        self.input = ("--source", "replay", "--file", write_small_file(self.folder.name), "--no-loop",
                      "--speed", "0", *EVERY_EXTREME)

    def tearDown(self):
        self.folder.cleanup()

    def fill(self):
        """A run to the end and a stop in good order."""
        with Server("--data", str(self.data), *self.input) as server:
            self.assertTrue(wait_until(lambda: has_ended(server)))
            server.terminate()
            self.assertEqual(server.exit_code(), 0, server.lines)

    def test_a_second_process_is_refused(self):
        with Server("--data", str(self.data), *self.input) as server:
            code, text = serve_once(self.data, *self.input)
            self.assertEqual(code, 2, text)
            self.assertIn("another process works in it", text)
            self.assertIn(str(self.data), text)
            self.assertIsNone(server.process.poll())
        # The lock goes with the process, however it ended.
        with Server("--data", str(self.data), *self.input) as server:
            self.assertIsNone(server.process.poll())

    def test_files_of_a_newer_program_are_refused_and_kept(self):
        for pattern, word in (("journal/*.tsj", "newer version"), ("snapshots/*.tss", "format version"),
                              ("stream/*", "version")):
            with self.subTest(pattern):
                self.fill()
                path = sorted(self.data.glob(pattern))[-1]
                make_newer(path)
                changed = path.read_bytes()
                code, text = serve_once(self.data, *self.input)
                self.assertEqual(code, 1, text)
                self.assertIn(path.name, text)
                self.assertIn(word, text)
                self.assertEqual(path.read_bytes(), changed)
                subprocess.run(["rm", "-r", str(self.data)], check=True)

    def test_a_directory_that_cannot_be_written(self):
        place = pathlib.Path(self.folder.name) / "file"
        place.write_text("")
        code, text = serve_once(place / "data", *self.input)
        self.assertEqual(code, 2, text)
        self.assertIn(os.strerror(20), text)


if __name__ == "__main__":
    unittest.main(warnings="ignore")  # of pipes that the Server helper leaves to its end
