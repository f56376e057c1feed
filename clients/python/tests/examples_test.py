"""The examples run as they are written, against the built server."""
import asyncio
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
from decimal import Decimal

from real_server import (EVERY_EXTREME, PATIENCE, Server, binary, replay_server, replayed_bodies,
                         wait_for_end, websocket_url, write_small_file)

PACKAGE = pathlib.Path(__file__).resolve().parents[1]
binary()


def start(name, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE / "src"), "PYTHONUNBUFFERED": "1",
                   "PYTHONIOENCODING": "utf-8"}
    environment.pop("TICKSTOCK_TOKEN", None)
    return subprocess.Popen([sys.executable, str(PACKAGE / "examples" / name), *arguments],
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            env=environment)


def run(name, *arguments):
    """(exit code, output)."""
    with start(name, *arguments) as process:
        output, _ = process.communicate(timeout=4 * PATIENCE)
        return process.returncode, output


class Examples(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="tickstock_examples_")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.tape = write_small_file(folder.name)

    def test_to_csv_records_the_whole_day(self):
        path = self.folder / "events.csv"
        with replay_server(self.tape) as server:  # it may still be replaying
            code, output = run("to_csv.py", str(path), "--url", f"http://127.0.0.1:{server.port}")
        self.assertEqual(code, 0, output)
        bodies = [json.loads(text, parse_float=Decimal) for text in replayed_bodies(self.tape)]
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual(
            [(row["id"], int(row["rev"]), row["symbol"], row["type"], Decimal(row["price"]),
              int(row["ts_ns"])) for row in rows],
            [(body["id"], body["rev"], body["symbol"], body["type"], Decimal(body["price"]),
              body["ts"]) for body in bodies])
        self.assertEqual(rows[0]["ts"], "2024-03-05T14:30:01+00:00")

    def test_tape_shows_the_latest_and_the_new(self):
        with Server("--source", "replay", "--file", self.tape, "--no-loop", "--speed", "100",
                    *EVERY_EXTREME) as server:
            code, output = run("tape.py", "--url", websocket_url(server.port), "--count", "20",
                               "--symbols", "AAA,CCC")
        self.assertEqual(code, 0, output)
        lines = output.splitlines()
        self.assertTrue(lines[0].startswith("-- at "), output)
        begun = next(number for number, line in enumerate(lines) if "now the new ones" in line)
        self.assertEqual(len(lines) - begun - 1, 20, output)
        self.assertTrue(all(line.split()[3] in ("AAA", "CCC") for line in lines[begun + 1:]))

    def test_resume_counts_every_event_once(self):
        expected = replayed_bodies(self.tape)
        state = self.folder / "state.json"
        with replay_server(self.tape) as server:
            status = asyncio.run(wait_for_end(server))
            state.write_text(json.dumps({"position": f"{status['epoch']}:0", "counts": {},
                                         "gaps": 0}))
            url = websocket_url(server.port)
            process = start("resume.py", str(state), "--url", url)
            while json.loads(state.read_text())["position"].endswith(":0"):
                self.assertIsNone(process.poll())
            process.kill()  # in the middle, wherever that is
            process.communicate(timeout=PATIENCE)
            code, output = run("resume.py", str(state), "--url", url,
                               "--until", str(len(expected)))
        self.assertEqual(code, 0, output)
        found = json.loads(state.read_text())
        self.assertEqual(sum(found["counts"].values()), len(expected))
        self.assertEqual(found["gaps"], 0)
        self.assertIn("0 gaps", output)

    def test_nobody_there_is_said_in_a_line(self):
        for name, arguments in (("tape.py", ()), ("resume.py", (str(self.folder / "state"),))):
            code, output = run(name, *arguments, "--url", "ws://127.0.0.1:1/ws")
            self.assertEqual(code, 1)
            self.assertNotIn("Traceback", output)
        code, output = run("to_csv.py", str(self.folder / "x.csv"), "--url", "http://127.0.0.1:1")
        self.assertEqual(code, 1)
        self.assertNotIn("Traceback", output)


if __name__ == "__main__":
    unittest.main()
