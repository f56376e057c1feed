#!/usr/bin/python3
"""The database goes away under load (RELIABILITY 42; issue: "nothing lost, nothing doubled"):
PostgreSQL is killed and restarted, PostgreSQL hangs, another process locks the SQLite file.
Meanwhile the stream goes on, and in the end every row agrees with it.
TICKSTOCK_OUTAGE_SECONDS=60 is the long version; without it all is done in about half a minute."""
import contextlib
import pathlib
import random
import sqlite3
import tempfile
import time
import unittest

import postgres
from history_test import check_command
from outage_support import (Watch, check_tables, check_trades, check_watch, full_seconds,
                            load_server, postgres_query, sqlite_query, stop, storage_of, wait_for,
                            wait_for_state, wait_until_stored)

SHORT = full_seconds() == 0


def check_told(test, watch, *states):
    """The pages told the outage, and told it clearly."""
    for state in states:
        test.assertIn(state, watch.states)
    test.assertIn((503, "storage_unavailable"), watch.answers)
    test.assertIn((200, None), watch.answers)
    test.assertLessEqual({code for code, _ in watch.answers}, {200, 503, 504}, watch.answers)
    for text in watch.texts:
        test.assertGreater(len(text.split()), 3, text)
        test.assertNotIn(tempfile.gettempdir(), text)  # names of files and sockets are the log's


@unittest.skipUnless(postgres.is_installed(), "PostgreSQL (Debian: postgresql-15) is not installed")
class PostgresOutage(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.data = self.stack.enter_context(tempfile.TemporaryDirectory(prefix="tickstock_data_"))
        self.database = self.stack.enter_context(postgres.Postgres(fsync=True))
        self.addCleanup(self.stack.close)

    def check(self, epoch, watch, all_trades):
        check_trades(postgres_query(self.database), self.data, all_trades)
        events = check_tables(postgres_query(self.database), self.data, epoch)
        check_watch(watch, events)
        check_command(("--data", self.data, "--storage", self.database.url), events, epoch)
        return events

    def wait_for_transaction(self):
        """Until the writer is at it, so that a kill comes in the middle."""
        wait_for(lambda: self.database.query(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tickstock'"
            " AND backend_xid IS NOT NULL") != [["0"]], "a transaction that writes")

    def test_killed_and_restarted(self):
        dice = random.Random(6)
        kills, longest, down = 0, 0.0, 0.0
        began = time.monotonic()
        with load_server(self.data, self.database.url) as server:
            epoch = server.status()["epoch"]
            wait_for_state(server, "ok")
            with Watch(server) as watch:
                end = time.monotonic() + (10 if SHORT else full_seconds())
                while kills < 3 or time.monotonic() < end:
                    in_the_middle = dice.random() < 0.5 or kills == 1
                    if in_the_middle:
                        self.wait_for_transaction()
                    else:
                        time.sleep(dice.uniform(0, 2))
                    self.database.kill()
                    kills += 1
                    killed_at = time.monotonic()
                    if kills == 1:
                        wait_for(lambda: any(code == 503 for code, _ in watch.answers), "a 503")
                        wait_for(lambda: "unreachable" in watch.states, "state unreachable")
                    watch.wait_for_events()
                    time.sleep(dice.uniform(0, 1 if SHORT else 3))
                    self.database.start()
                    down += time.monotonic() - killed_at
                    if in_the_middle or dice.random() < 0.5:  # else it may be killed unready
                        longest = max(longest, wait_until_stored(server))
                longest = max(longest, wait_until_stored(server))
                wait_for_state(server, "ok")
            check_told(self, watch, "ok", "unreachable")
            # The end comes while there is no database: the next start goes on behind it.
            self.database.kill()
            watch.wait_for_events()
            stop(server)
        self.database.start()
        with load_server(self.data, self.database.url) as server:
            self.assertEqual(server.status()["epoch"], epoch)
            longest = max(longest, wait_until_stored(server))
            wait_for_state(server, "ok")
            stop(server)
        took = time.monotonic() - began
        events = self.check(epoch, watch, all_trades=False)
        print(f"PostgreSQL killed {kills + 1} times in {took:.0f} s (down {down:.0f} s):"
              f" {len(events)} events, longest catch-up {longest:.1f} s")

    def test_hanging(self):
        """Stopped processes: the socket stays open and nothing answers."""
        hangs = 4 if SHORT else 20
        with load_server(self.data, self.database.url) as server:
            epoch = server.status()["epoch"]
            wait_for_state(server, "ok")
            with Watch(server) as watch:
                wait_for(lambda: watch.answers, "a page of the history")
                self.database.hang()
                try:
                    began = time.monotonic()
                    watch.wait_for_events()
                    wait_for_state(server, "behind", "unreachable")
                    time.sleep(max(0, hangs - (time.monotonic() - began)))
                finally:
                    self.database.go_on()
                longest = wait_until_stored(server)
                wait_for_state(server, "ok")
            self.assertLessEqual({code for code, _ in watch.answers}, {200, 503, 504})
            if not SHORT:  # a page waits 10 s at most
                self.assertTrue({(504, "no_answer"), (503, "storage_unavailable")}
                                & set(watch.answers), watch.answers)
                self.assertIn("unreachable", watch.states)
            stop(server)
        events = self.check(epoch, watch, all_trades=True)
        print(f"PostgreSQL hanging for {hangs} s: {len(events)} events, catch-up {longest:.1f} s,"
              f" answers {dict(watch.answers)}")


class SqliteLocked(unittest.TestCase):
    def test_locked_by_another_process(self):
        dice = random.Random(42)
        rounds, longest = (2 if SHORT else 5), 0.0
        with tempfile.TemporaryDirectory(prefix="tickstock_data_") as data:
            path = pathlib.Path(data) / "storage.db"
            with load_server(data, "sqlite") as server:
                epoch = server.status()["epoch"]
                wait_for_state(server, "ok")
                with Watch(server) as watch:
                    for _ in range(rounds):
                        with contextlib.closing(sqlite3.connect(
                                path, timeout=60, isolation_level=None)) as other:
                            other.execute("BEGIN EXCLUSIVE")
                            began = time.monotonic()
                            watch.wait_for_events()
                            wait_for(lambda: "locked" in storage_of(server)["last_error"],
                                     "the lock is told")
                            self.assertEqual(storage_of(server)["state"], "behind")
                            time.sleep(max(0, dice.uniform(0, 1 if SHORT else 8)
                                           - (time.monotonic() - began)))
                            other.execute("ROLLBACK")
                        longest = max(longest, wait_until_stored(server))
                        wait_for_state(server, "ok")
                # Reading goes on beside a lock of writers (WAL).
                self.assertEqual({code for code, _ in watch.answers}, {200}, watch.answers)
                self.assertLessEqual(set(watch.states), {"ok", "behind"})
                stop(server)
            check_trades(sqlite_query(path), data, all_of_them=True)
            events = check_tables(sqlite_query(path), data, epoch)
            check_watch(watch, events)
            check_command(("--data", data, "--storage", "sqlite"), events, epoch)
        print(f"SQLite locked {rounds} times: {len(events)} events, longest catch-up"
              f" {longest:.1f} s")


if __name__ == "__main__":
    unittest.main(verbosity=2, warnings="ignore")
