#!/usr/bin/python3
"""The database's disk is full, its file is damaged, the server itself is killed while it writes
(RELIABILITY 37, 39, 42); and pages that are read while rows are added. In the end every row agrees
with the stream. TICKSTOCK_OUTAGE_SECONDS=60 is the long version."""
import contextlib
import json
import pathlib
import random
import signal
import subprocess
import tempfile
import time
import unittest

import postgres
from history_test import check_command, same, stored_items
from outage_support import (Watch, check_tables, check_trades, check_watch, full_seconds,
                            load_server, postgres_query, sqlite_query, stop, storage_of, wait_for,
                            wait_for_state, wait_until_stored)
from support import binary

SHORT = full_seconds() == 0


class FullDisk(unittest.TestCase):
    """storage.db alone lies on a tmpfs; another file takes the room and gives it back."""

    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        folder = pathlib.Path(self.stack.enter_context(
            tempfile.TemporaryDirectory(prefix="tickstock_full_")))
        self.data, self.disk = folder / "data", folder / "disk"
        self.data.mkdir()
        self.disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", self.disk],
                                 capture_output=True, text=True, check=False)
        if mounted.returncode != 0:
            self.skipTest("no tmpfs can be mounted here: " + mounted.stderr.strip())
        self.stack.callback(subprocess.run, ["umount", self.disk], check=True)
        # SQLite puts -wal and -shm beside the file that the link names.
        (self.disk / "storage.db").touch()
        (self.data / "storage.db").symlink_to(self.disk / "storage.db")

    def fill(self):
        with (self.disk / "ballast").open("wb", buffering=0) as ballast:
            for size in (1 << 20, 4096, 1):
                with contextlib.suppress(OSError):
                    while True:
                        ballast.write(bytes(size))

    def test_goes_on_when_there_is_room(self):
        with load_server(self.data, "sqlite") as server:
            epoch = server.status()["epoch"]
            wait_for_state(server, "ok")
            with Watch(server) as watch:
                for _ in range(2 if SHORT else 5):
                    self.fill()
                    watch.wait_for_events()
                    wait_for(lambda: "full" in storage_of(server)["last_error"], "disk full told")
                    self.assertEqual(storage_of(server)["state"], "behind")
                    watch.wait_for_events()
                    (self.disk / "ballast").unlink()
                    took = wait_until_stored(server)
                    wait_for_state(server, "ok")
            self.assertEqual(storage_of(server)["rebuilds"], 0)
            stop(server)
        check_trades(sqlite_query(self.disk / "storage.db"), self.data, all_of_them=True)
        events = check_tables(sqlite_query(self.disk / "storage.db"), self.data, epoch)
        check_watch(watch, events)
        check_command(("--data", self.data, "--storage", "sqlite"), events, epoch)
        print(f"the database's disk full: {len(events)} events, last catch-up {took:.1f} s")


class Damaged(unittest.TestCase):
    """Pages of storage.db are overwritten while the server is stopped."""

    def test_is_set_aside_and_made_anew(self):
        dice = random.Random(7)
        for name, pages in (("the first page", [0]), ("random pages", None), ("the header", "cut")):
            with self.subTest(name), tempfile.TemporaryDirectory(prefix="tickstock_data_") as data:
                path = pathlib.Path(data) / "storage.db"
                with load_server(data, "sqlite") as server:
                    epoch = server.status()["epoch"]
                    wait_for_state(server, "ok")
                    wait_for(lambda: storage_of(server)["events"] > 2000, "2000 events")
                    stop(server)
                self.damage(path, pages, dice)
                with load_server(data, "sqlite") as server:
                    wait_for(lambda: storage_of(server)["rebuilds"] >= 1, "the file is set aside")
                    wait_until_stored(server)
                    wait_for_state(server, "ok")
                    # Pages come from the new file, whatever was asked before.
                    code, _, text = server.get("/api/v1/history/events?order=oldest&limit=10")
                    self.assertEqual(code, 200, text)
                    newest = storage_of(server)["offset"]
                    wait_for(lambda: newest < storage_of(server)["offset"], "more is stored")
                    code, _, text = server.get("/api/v1/history/metrics?limit=1")
                    self.assertEqual(code, 200, text)
                    stop(server)
                self.assertTrue(path.with_name("storage.db.damaged").exists())
                events = check_tables(sqlite_query(path), data, epoch)
                check_command(("--data", data, "--storage", "sqlite"), events, epoch)
                print(f"{name} overwritten: {len(events)} events, made anew from the stream")

    @staticmethod
    def damage(path, pages, dice):
        size = path.stat().st_size
        with path.open("r+b") as file:
            if pages == "cut":
                file.write(b"not a database \0")
                return
            count = size // 4096
            for page in pages or dice.sample(range(1, count), count // 4):
                file.seek(page * 4096)
                file.write(dice.randbytes(4096))


class Killed(unittest.TestCase):
    """SIGKILL to the server at random moments; each start goes on."""

    def run_kills(self, data, url, query):
        dice = random.Random(9)
        kills = 10 if not SHORT else 5
        epoch = None
        for _ in range(kills):
            with load_server(data, url, "--set", "storage.interval_seconds=0.1") as server:
                status = server.status()
                epoch = epoch or status["epoch"]
                self.assertEqual(status["epoch"], epoch)
                time.sleep(dice.uniform(0.05, 1.6))
                server.process.send_signal(signal.SIGKILL)
                server.process.wait()
        with load_server(data, url) as server:
            took = wait_until_stored(server)
            wait_for_state(server, "ok")
            stop(server)
        check_trades(query, data, all_of_them=False)
        events = check_tables(query, data, epoch)
        check_command(("--data", data, "--storage", url), events, epoch)
        print(f"server killed {kills} times: {len(events)} events, last catch-up {took:.1f} s")

    def test_sqlite(self):
        with tempfile.TemporaryDirectory(prefix="tickstock_data_") as data:
            self.run_kills(data, "sqlite", sqlite_query(pathlib.Path(data) / "storage.db"))

    @unittest.skipUnless(postgres.is_installed(), "PostgreSQL (Debian: postgresql-15) is not there")
    def test_postgres(self):
        with postgres.Postgres(fsync=False) as database, tempfile.TemporaryDirectory(
                prefix="tickstock_data_") as data:
            self.run_kills(data, database.url, postgres_query(database))


def read_pages(server, order):
    """(offset, key) of the rows, page by page, until those that were stored before and some of the
    later ones were there; and how many were stored before."""
    before = storage_of(server)["offset"]
    due = set(range(1, before + 1))
    rows, cursor = [], ""
    while True:
        code, _, text = server.get(
            f"/api/v1/history/events?revisions=all&order={order}&limit=100{cursor}")
        assert code == 200, text
        for offset, _, _, body in stored_items(text):
            of = json.loads(body)
            rows.append((offset, (of["ts"], of["id"], of["rev"])))
            due.discard(offset)
        cursor = json.loads(text)["next"]
        if cursor is None or not due and len(rows) > before + 500:  # it may never catch up
            return rows, before
        cursor = f"&cursor={cursor}"
        time.sleep(0.05)  # rows are added while the pages are read


class PagesMeanwhile(unittest.TestCase):
    """Every row that was there when the first page was asked for comes once, in order, while the
    writer adds others."""

    def check(self, data, url):
        with load_server(data, url) as server:
            wait_for(lambda: storage_of(server)["events"] > 1000, "1000 events")
            added = 0  # while pages of the oldest first were read
            for number in range(40):
                if number >= (2 if SHORT else 10) and added > 0:
                    break
                order = "newest" if number % 2 else "oldest"
                rows, before = read_pages(server, order)
                keys = [key for _, key in rows]
                same(keys, sorted(set(keys), reverse=order == "newest"), order)
                missing = set(range(1, before + 1)) - {offset for offset, _ in rows}
                self.assertEqual(missing, set(), order)
                added += len(rows) - before if order == "oldest" else 0
                wait_for(lambda: storage_of(server)["offset"] > before, "more is stored")
            self.assertGreater(added, 0)
            print(f"{added} rows were added while pages were read")
            command = subprocess.run(
                [binary(), "events", "--data", data, "--storage", url, "--all", "--revisions",
                 "--order", "oldest", "--format", "ndjson"],
                check=True, capture_output=True, text=True)
            offsets = [item[0] for item in
                       stored_items("[" + ",".join(command.stdout.splitlines()) + "]")]
            self.assertEqual(len(offsets), len(set(offsets)))
            self.assertEqual(set(range(1, before + 1)) - set(offsets), set())
            stop(server)

    def test_sqlite(self):
        with tempfile.TemporaryDirectory(prefix="tickstock_data_") as data:
            self.check(data, "sqlite")

    @unittest.skipUnless(postgres.is_installed(), "PostgreSQL (Debian: postgresql-15) is not there")
    def test_postgres(self):
        with postgres.Postgres(fsync=False) as database, tempfile.TemporaryDirectory(
                prefix="tickstock_data_") as data:
            self.check(data, database.url)


if __name__ == "__main__":
    unittest.main(verbosity=2, warnings="ignore")
