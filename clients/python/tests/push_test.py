"""The pusher: each row counts once over breaks, restarts of either side and lost answers; it waits
where the server does."""
import asyncio
import json
import random
import unittest

from fake_server import PATIENCE, AsyncTest, FakeServer, no_sleep
from ending_test import HttpRefusal
import tickstock
from tickstock import AuthenticationFailed, ConnectionFailed, ProtocolFault, RequestRefused
from tickstock._push_window import Window


class Journal:
    """What a server keeps: every row once, by number."""

    def __init__(self):
        self.rows = []
        self.through = {}

    def take(self, client, sequence, rows):
        before = self.through.get(client, 0)
        fresh = [row for number, row in enumerate(rows, sequence) if number > before]
        bad = [{"line": line, "reason": "malformed", "excerpt": row}
               for line, row in enumerate(rows, 1) if row == "bad"]
        self.rows += [row for row in fresh if row != "bad"]
        self.through[client] = max(before, sequence + len(rows) - 1)
        rejected = min(len(bad), len(fresh))
        return {"type": "ack", "rows": len(rows), "accepted": len(fresh) - rejected,
                "duplicates": len(rows) - len(fresh), "rejected": rejected, "refused": 0,
                "through": self.through[client], "sequence": len(self.rows),
                "first_rejected": bad[:20]}


async def opened(peer, journal, in_flight=1 << 20):
    """Answers `open`; the client's id."""
    message = await peer.request_any()
    assert message["op"] == "open", message
    client = message["client"]
    await peer.send({"type": "open", "client": client, "through": journal.through.get(client, 0),
                     "max_in_flight_bytes": in_flight, "max_message_bytes": 1 << 20})
    return client


async def rows_of(peer):
    """(number of the first, rows) of the next message."""
    head, _, text = (await peer.socket.recv()).partition("\n")
    head = json.loads(head)
    assert head["op"] == "rows", head
    return head["sequence"], text.split("\n")


async def keep_all(peer, journal):
    client = await opened(peer, journal)
    while True:
        await peer.send(journal.take(client, *await rows_of(peer)))


def pusher(server, **options):
    options.setdefault("sleep", no_sleep)
    options.setdefault("client", "feed")
    return tickstock.push(server.url, **options)


class Pushes(AsyncTest):
    async def test_numbers_go_on_where_the_server_stands(self):
        journal = Journal()
        async with FakeServer(lambda peer: keep_all(peer, journal)) as server:
            for run in range(3):
                async with pusher(server) as one:
                    self.assertEqual(one.next, run * 10 + 1)
                    for i in range(10):
                        self.assertEqual(await one.send({"run": run, "i": i}), run * 10 + i + 1)
                self.assertEqual((one.through, one.stats.accepted), (run * 10 + 10, 10))
        self.assertEqual([json.loads(row) for row in journal.rows],
                         [{"run": run, "i": i} for run in range(3) for i in range(10)])
        self.assertEqual(server.tokens, [None] * 3)

    async def test_a_feed_that_begins_anew_leaves_out_what_is_there(self):
        journal = Journal()
        async with FakeServer(lambda peer: keep_all(peer, journal)) as server:
            for count in (5, 8, 3):
                async with pusher(server, first=1) as one:
                    for i in range(count):
                        await one.send(str(i))
        self.assertEqual(journal.rows, [str(i) for i in range(8)])
        self.assertEqual(one.stats.rows, 0, "the third run had nothing new")

    async def test_every_row_once_over_breaks_anywhere(self):
        for seed in range(8):
            draw = random.Random(seed)
            journal = Journal()

            async def serve(peer):
                client = await opened(peer, journal, draw.choice((1, 200, 1 << 20)))
                for _ in range(draw.randint(0, 6)):
                    first, rows = await rows_of(peer)
                    kept = draw.random()
                    if kept < 0.2:
                        break  # not even journaled
                    answer = journal.take(client, first, rows[:draw.randint(1, len(rows))]
                                          if kept < 0.4 else rows)
                    if kept < 0.6:
                        break  # the answer is lost
                    await peer.send(answer)
                peer.cut()

            async with FakeServer(serve) as server:
                async with pusher(server, buffer_bytes=draw.choice((1, 64, 100_000))) as one:
                    for i in range(300):
                        await one.send(str(i))
                        if draw.random() < 0.1:
                            await asyncio.sleep(0)
            self.assertEqual(journal.rows, [str(i) for i in range(300)], seed)
            self.assertEqual(one.through, 300)
            self.assertGreater(one.stats.connections, 1)

    async def test_waits_while_the_server_does_not_answer(self):
        journal, answers = Journal(), asyncio.Event()
        received = 0

        async def serve(peer):
            nonlocal received
            client = await opened(peer, journal, 100)
            while True:
                first, rows = await rows_of(peer)
                received += sum(len(row) + 1 for row in rows)
                await answers.wait()
                await peer.send(journal.take(client, first, rows))

        async with FakeServer(serve) as server, pusher(server, buffer_bytes=100) as one:
            sent = 0

            async def send_all():
                nonlocal sent
                for i in range(200):
                    await one.send(f"{i:09}")  # 10 bytes
                    sent += 1

            task = asyncio.create_task(send_all())
            while sent < 10:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
            self.assertEqual(sent, 10, "100 bytes are kept")
            self.assertLessEqual(received, 100)
            answers.set()
            await asyncio.wait_for(task, PATIENCE)
        self.assertEqual(len(journal.rows), 200)

    async def test_rejected_rows_are_told_by_number(self):
        journal = Journal()
        async with FakeServer(lambda peer: keep_all(peer, journal)) as server:
            with self.assertLogs("tickstock", "WARNING") as logs:
                async with pusher(server) as one:
                    for row in ("a", "bad", "b", "bad"):
                        await one.send(row)
        self.assertEqual([(row.number, row.reason, row.excerpt) for row in one.rejected],
                         [(2, "malformed", "bad"), (4, "malformed", "bad")])
        self.assertEqual((one.stats.rows, one.stats.accepted, one.stats.rejected), (4, 2, 2))
        self.assertIn("row 2 was rejected", logs.output[0])

    async def test_comes_back_when_the_engine_stops(self):
        journal = Journal()

        async def serve(peer):
            if server.connections > 1:
                return await keep_all(peer, journal)
            await opened(peer, journal)
            await rows_of(peer)
            await peer.send({"type": "error", "code": "not_ready", "message": "it stops"})
            await peer.close(3001, "shutting_down")

        async with FakeServer(serve) as server, pusher(server) as one:
            await one.send("a")
            await one.flush()
            self.assertEqual((journal.rows, server.connections), (["a"], 2))

    async def test_silence_is_a_break_only_while_rows_wait(self):
        journal = Journal()

        async def serve(peer):
            if server.connections == 1:
                await opened(peer, journal)
                await peer.forever()
            await keep_all(peer, journal)

        async with FakeServer(serve) as server, pusher(server, answer_timeout=1) as one:
            await asyncio.sleep(1.5)
            self.assertEqual(server.connections, 1)
            await one.send("a")
            await one.flush()
            self.assertEqual((journal.rows, server.connections), (["a"], 2))

    async def test_gives_up_where_coming_back_would_not_help(self):
        async def refuses(peer):
            await opened(peer, Journal())
            await rows_of(peer)
            await peer.send({"type": "error", "code": "bad_request", "message": "no"})
            await peer.forever()

        async with FakeServer(refuses) as server:
            with self.assertRaises(RequestRefused):
                async with pusher(server) as one:
                    await one.send("a")
            with self.assertRaises(RequestRefused):
                await one.send("b")

        async def unauthorized(peer):
            await peer.close(3500, "unauthorized")

        async with FakeServer(unauthorized) as server:
            with self.assertRaises(AuthenticationFailed):
                await pusher(server, token="key").__aenter__()
            self.assertEqual(server.tokens, ["Bearer key"])
        async with HttpRefusal(403) as server:
            with self.assertRaises(AuthenticationFailed):
                await pusher(server).__aenter__()
        async with HttpRefusal(503) as server:
            with self.assertRaises(ConnectionFailed):
                await pusher(server).__aenter__()

    async def test_two_of_one_name_are_found_out(self):
        journal = Journal()

        async def serve(peer):
            client = await opened(peer, journal)
            first, rows = await rows_of(peer)
            journal.take(client, first, rows)
            journal.through[client] += 5  # somebody else
            peer.cut()

        async with FakeServer(serve) as server:
            with self.assertRaises(ProtocolFault) as caught:
                async with pusher(server) as one:
                    await one.send("a")
            self.assertIn("another pusher", str(caught.exception))

    async def test_wrong_arguments(self):
        for url in ("http://127.0.0.1/ingest", "127.0.0.1:8080"):
            with self.assertRaises(ValueError):
                tickstock.push(url, client="a")
        with self.assertRaises(ValueError):
            tickstock.push("ws://127.0.0.1:1/ingest", client="a", first=0)
        async with FakeServer(lambda peer: keep_all(peer, Journal())) as server:
            async with pusher(server) as one:
                for row in ("", " ", "a\nb", "a\r", "x" * 1_000_001):
                    with self.assertRaises(ValueError):
                        await one.send(row)


class Windows(unittest.TestCase):
    def test_messages_are_no_longer_than_asked(self):
        window = Window(None, 10)
        window.begin(0)
        for row in ("aaaa", "bbbb", "cccc", "a long one", "d"):
            window.add(row)
        taken = []
        while (message := window.take(1 << 20)) is not None:
            taken.append((message.first, message.rows))
        self.assertEqual(taken, [(1, ["aaaa", "bbbb"]), (3, ["cccc"]), (4, ["a long one"]),
                                 (5, ["d"])])
        self.assertEqual(window.in_flight, window.held)
        window.begin(1)
        message = window.take(1)
        self.assertEqual((message.first, message.rows), (2, ["bbbb"]), "cut where it must be")
        self.assertIsNone(window.take(1), "one at least, then as much as allowed")
        for _ in range(4):
            window.acknowledge()
            window.take(1)
        self.assertTrue(window.is_empty)
        self.assertEqual((window.in_flight, window.held), (0, 0))
        with self.assertRaises(ProtocolFault):
            window.acknowledge()


if __name__ == "__main__":
    unittest.main()
