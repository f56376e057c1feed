#!/usr/bin/python3
"""Commands to the running binary over its sockets: channels, universes, halts, rules, and what is
refused. The market is synthetic: a hundred symbols at a thousand trades a second."""
import json
import pathlib
import socket
import tempfile
import time
import unittest

from support import PATIENCE, Server

MARKET = ("--source", "synthetic", "--set", "source.synthetic.symbols=100",
          "--set", "source.synthetic.start_at=09:35:00")


class Control(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        config = pathlib.Path(cls.folder.name)
        (config / "rules").mkdir()
        (config / "rules" / "mine.json").write_text(json.dumps(
            {"rules": [{"name": "big", "kind": "event", "when": "volume > 1000"}]}))
        cls.server = Server("--config", str(config), *MARKET)
        cls.addClassCleanup(cls.server.__exit__)
        cls.until(lambda: cls.server.get("/readyz")[0] == 200, "ready")

    @staticmethod
    def until(holds, what):
        end = time.monotonic() + PATIENCE
        while not (result := holds()):
            assert time.monotonic() < end, f"never saw: {what}"
            time.sleep(0.05)
        return result

    def channel(self, name):
        return self.server.page(f"/api/v1/channels/{name}")

    def done(self, method, target, body=None):
        """A command that must be carried out; the sequence of its decision."""
        code, answer = self.server.request(method, target, body)
        self.assertEqual(code, 200, answer)
        self.assertIs(answer["done"], True)
        return answer["sequence"]

    def decision(self, sequence):
        """The decision of that sequence, once the status lists it."""
        def find():
            listed = self.server.page("/api/v1/decisions")["decisions"]
            return next((one for one in listed if one["sequence"] == sequence), None)
        return self.until(find, f"decision {sequence}")

    def test_a_channel_is_paused_keeps_its_queue_and_resumes(self):
        sequence = self.done("POST", "/api/v1/channels/fmv/pause")
        decision = self.decision(sequence)
        self.assertEqual((decision["kind"], decision["by"]), ("channel_change", "api"))
        self.until(lambda: self.channel("fmv")["status"] == "paused", "fmv paused")
        self.assertTrue(self.channel("fmv")["healthy"], "a paused channel is healthy")
        code, _, body = self.server.get("/readyz")
        self.assertEqual(code, 503)
        self.assertIn("channel fmv: paused", json.loads(body)["missing"])
        self.until(lambda: self.channel("fmv")["parked"] > 0, "records that wait")
        self.assertEqual(self.channel("tick")["status"], "active")
        worked = self.channel("tick")["records"]
        self.until(lambda: self.channel("tick")["records"] > worked, "the other channels go on")

        again = self.server.request("POST", "/api/v1/channels/fmv/pause")
        self.assertTrue(again[0] == 409 or again[1]["sequence"] is None, again)

        resumed = self.done("POST", "/api/v1/channels/fmv/resume", {})
        self.assertGreater(resumed, sequence)
        self.until(lambda: self.channel("fmv")["status"] == "active", "fmv active")
        self.until(lambda: self.channel("fmv")["parked"] == 0, "the queue worked off")
        self.until(lambda: self.server.get("/readyz")[0] == 200, "ready again")
        self.assertTrue(self.server.status()["accounting"]["closes"])

    def test_a_universe_is_set_replaced_and_removed(self):
        path = "/api/v1/universes/desk"
        self.assertEqual(self.server.get(path)[0], 404)
        sequence = self.done("PUT", path, {"symbols": ["ZZZ", "AAA", "ZZZ"], "priority": True})
        self.assertEqual(self.decision(sequence)["kind"], "universe_change")
        shown = self.until(lambda: self.server.get(path)[0] == 200 and self.server.page(path), "it")
        self.assertEqual(shown, {"name": "desk", "priority": True, "count": 2,
                                 "symbols": ["AAA", "ZZZ"]})
        self.done("PUT", path, {"symbols": ["BBB"]})
        self.until(lambda: self.server.page(path)["symbols"] == ["BBB"], "the new set")
        self.done("DELETE", path)
        self.until(lambda: self.server.get(path)[0] == 404, "no universe")
        self.assertEqual(self.server.request("DELETE", path)[0], 404)

    def test_a_symbol_is_halted_and_resumed(self):
        event = self.until(lambda: self.server.page("/api/v1/events")["events"], "an event")[-1]
        symbol = event["event"]["symbol"]
        sequence = self.done("POST", f"/api/v1/symbols/{symbol}/halt", {"reason": "news"})
        self.assertEqual(self.decision(sequence)["kind"], "manual_halt")
        self.until(lambda: self.server.status()["halted_symbols"] >= 1, "a halted symbol")

        def control():
            events = self.server.page(
                f"/api/v1/events?types=control&symbol={symbol}&limit=1000")["events"]
            return [one["event"]["data"] for one in events]
        self.until(lambda: {"kind": "halt", "reason": "news", "from": None, "to": None} in control(), "the halt's event")
        self.done("POST", f"/api/v1/symbols/{symbol}/resume")
        self.until(lambda: any(one["kind"] == "resume" for one in control()), "the resumption")

    def test_a_rule_goes_off_and_on(self):
        def rule():
            return next(one for one in self.server.status()["rules"] if one["name"] == "big")
        self.assertTrue(rule()["on"])
        sequence = self.done("POST", "/api/v1/rules/big/off")
        self.assertEqual(self.decision(sequence)["kind"], "rule_switch")
        self.until(lambda: not rule()["on"], "the rule off")
        self.done("POST", "/api/v1/rules/big/on")
        self.until(lambda: rule()["on"], "the rule on")
        self.assertEqual(self.server.request("POST", "/api/v1/rules/nosuch/on")[0], 404)

    def test_what_is_wrong_is_refused_by_name(self):
        taken = self.server.status()["decision_total"]
        desk = "/api/v1/universes/refused"
        json_type = {"Content-Type": "application/json"}
        cases = [
            (400, "bad_json", "PUT", desk, "{nonsense", json_type),
            (400, "bad_request", "PUT", desk, '{"symbols":["A"],"prio":1}', json_type),
            (400, "bad_request", "PUT", desk, '{"symbols":["A symbol too long"]}', json_type),
            (415, "unsupported_media_type", "PUT", desk, '{"symbols":["A"]}',
             {"Content-Type": "text/plain"}),
            (415, "unsupported_media_type", "PUT", desk, '{"symbols":["A"]}', {}),
            (413, "body_too_large", "PUT", desk, " " * 70_000, json_type),
            (403, "origin_not_allowed", "POST", "/api/v1/channels/tick/pause", "",
             {"Origin": "http://evil.example"}),
            (403, "host_not_allowed", "POST", "/api/v1/channels/tick/pause", "",
             {"Host": "evil.example"}),
            (404, "not_found", "POST", "/api/v1/channels/nosuch/pause", "", {}),
            (404, "not_found", "POST", "/api/v1/nosuch", "", {}),
            (405, "method_not_allowed", "GET", "/api/v1/channels/tick/pause", None, {}),
            (405, "method_not_allowed", "POST", "/api/v1/status", "", {}),
        ]
        for status, word, method, target, body, headers in cases:
            with self.subTest(word=word, target=target, body=(body or "")[:20]):
                code, answer = self.server.request(method, target, body, headers)
                self.assertEqual((code, answer["error"]["code"]), (status, word), answer)
        unknown = self.server.request("POST", "/api/v1/channels/nosuch/pause")[1]["error"]
        self.assertIn("accepted: tick", unknown["message"])
        self.assertEqual(self.server.get(desk)[0], 404)
        self.assertEqual(self.channel("tick")["status"], "active")
        refused = [one for one in self.server.page("/api/v1/decisions")["decisions"]
                   if "refused" in one["text"] or "nosuch" in one["text"]]
        self.assertEqual(refused, [])
        self.assertGreaterEqual(self.server.status()["decision_total"], taken)

    def test_a_put_without_a_body_is_length_required(self):
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=PATIENCE) as plain:
            plain.sendall(b"PUT /api/v1/universes/x HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertTrue(plain.recv(4096).startswith(b"HTTP/1.1 411 "))


if __name__ == "__main__":
    unittest.main()
