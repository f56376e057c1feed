"""What users keep: filters and universes by REST, over restarts, acting on open connections."""
import asyncio
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import unittest

from support import (PATIENCE, EVERY_EXTREME, NativeClient, Server, binary, websockets,
                     write_small_file)


def mint(data, user, role):
    """An API key for the server on this data directory."""
    result = subprocess.run([binary(), "token", "key", "--user", user, "--role", role,
                             "--set", f"data.directory={data}"],
                            check=True, capture_output=True, text=True, timeout=PATIENCE)
    return next(word for word in result.stdout.split() if word.startswith("tsk_"))


class Users(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tickstock_users_")
        self.addCleanup(shutil.rmtree, self.folder)
        self.data = str(pathlib.Path(self.folder) / "data")
        self.path = write_small_file(self.folder)

    def serve(self, *more, speed="0"):
        return Server("--data", self.data, "--source", "replay", "--file", self.path, "--speed",
                      speed, "--no-loop", *EVERY_EXTREME, *more)

    def until(self, holds):
        for _ in range(PATIENCE * 20):
            if holds():
                return
            time.sleep(0.05)
        self.fail("it did not come about")

    def test_what_is_kept_stays_over_a_restart(self):
        path = "/api/v1/users/me/filters/big%20ones"
        with self.serve() as server:
            wish = {"filter": {"symbols": ["AAA"], "types": ["high"], "min_price": "100.50"}}
            code, answer = server.request("PUT", path, wish)
            self.assertEqual((code, answer["user"], answer["name"]), (200, "local", "big ones"))
            code, answer = server.request("PUT", "/api/v1/users/local/universes/mine",
                                          {"symbols": ["AAA", "CCC"]})
            self.assertEqual(code, 200)
            server.terminate()
            self.assertEqual(server.exit_code(), 0)
        with self.serve() as server:
            kept = server.page(path)
            self.assertEqual(kept, {"name": "big ones", "enabled": True, "filter": wish["filter"]})
            universe = server.page("/api/v1/users/me/universes/mine")
            self.assertEqual(universe["symbols"], ["AAA", "CCC"])
            self.assertEqual(server.page("/api/v1/users/me/filters")["filters"], [kept])
            with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as plain:
                plain.sendall(b"GET /api/v1/events/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
                text = b""
                while b"recovered" not in text or not text.endswith(b"\n\n"):
                    text += plain.recv(10_000)
                self.assertIn(b'"user_filters":["big ones"]', text)
            self.assertEqual(server.request("DELETE", path)[0], 200)
            self.assertEqual(server.get(path)[0], 404)
            self.assertEqual(server.request("DELETE", path)[0], 404)

    def test_a_universe_of_ten_thousand(self):
        with self.serve() as server:
            symbols = [f"SYM{number:05}" for number in range(10_000)]
            code, answer = server.request("PUT", "/api/v1/users/me/universes/wide",
                                          {"symbols": symbols})
            self.assertEqual(code, 200, answer)
            self.assertEqual(server.page("/api/v1/users/me/universes/wide")["count"], 10_000)
            code, _ = server.request("PUT", "/api/v1/users/me/universes/wider",
                                     {"symbols": symbols + ["ONEMORE"]})
            self.assertIn(code, (400, 409))
            code, answer = server.request("PUT", "/api/v1/users/me/filters/long",
                                          {"filter": {"symbols": symbols}})
            self.assertEqual((code, answer["error"]["code"]), (413, "body_too_large"))

    def test_what_is_wrong_is_named(self):
        with self.serve() as server:
            for body, word in (({"filter": {"min_prise": 1}}, "min_prise"),
                               ({"filter": {"types": ["hgih"]}}, "types"),
                               ({"filter": []}, "filter"), ({"fitler": {}}, "fitler"),
                               ({"filter": {}, "enabled": 1}, "enabled"),
                               ({"filter": {"universes": ["nosuch"]}}, "nosuch")):
                code, answer = server.request("PUT", "/api/v1/users/me/filters/f", body)
                self.assertEqual(code, 400, body)
                self.assertIn(word, answer["error"]["message"])
            code, answer = server.request("PUT", "/api/v1/users/me/universes/u",
                                          {"symbols": ["", "A"]})
            self.assertEqual((code, "symbols" in answer["error"]["message"]), (400, True))
            self.assertEqual(server.page("/api/v1/users/me/filters")["filters"], [])

    def test_a_filter_acts_on_all_open_connections_of_its_user_only(self):
        async def scenario():
            with self.serve("--set", "auth.mode=required", speed="20") as server:
                ann, bob = (mint(self.data, name, "trader") for name in ("ann", "bob"))

                def header(key):
                    return {"Authorization": f"Bearer {key}"}
                self.until(lambda: server.get("/api/v1/me", header(bob))[0] == 200)
                sockets = [await websockets.connect(
                    f"ws://127.0.0.1:{server.port}/ws", max_size=None, extra_headers=header(key))
                    for key in (ann, ann, bob)]
                clients = [NativeClient(one) for one in sockets]
                for client in clients:
                    await client.subscribe(since="now")
                code, _ = server.request("PUT", "/api/v1/users/me/filters/only",
                                         {"filter": {"symbols": ["CCC"]}}, header(ann))
                self.assertEqual(code, 200)
                told = []
                for client in clients[:2]:
                    while True:  # the change is told before the first event that it acts on
                        frame, text = await client.frame()
                        if frame["op"] == "user_filters":
                            told.append(frame["filters"])
                            break
                self.assertEqual(told, [["only"], ["only"]])
                async def symbols(client, enough):
                    """Of the events that the client is told, until `enough` says so."""
                    seen = []
                    while not enough(seen):
                        frame, _ = await client.frame()
                        if frame["op"] == "events":
                            seen += [one["event"]["symbol"] for one in frame["events"]]
                    return set(seen)
                for client in clients[:2]:
                    self.assertEqual(await symbols(client, lambda seen: len(seen) >= 5), {"CCC"})
                await symbols(clients[2], lambda seen: len(set(seen)) >= 3)
                for one in sockets:
                    await one.close()
        asyncio.run(scenario())


if __name__ == "__main__":
    unittest.main()
