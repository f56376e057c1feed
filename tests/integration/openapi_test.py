#!/usr/bin/python3
"""The OpenAPI document is sound, and the running server answers every path and method of it as it
says: status, kind of content, and JSON against the schema. (That no path of the server is missing
in it is a unit test, src/server/openapi_test.cpp.)"""
import asyncio
import base64
import http.client
import json
import pathlib
import re
import subprocess
import tempfile
import time
import unittest
from urllib.parse import quote, unquote, urlencode

from openapi_support import METHODS, Document, jsonschema, references
from support import PATIENCE, Server, binary, wait_for_end

POSITION = "{epoch}:0"
# For each parameter of a query: values that are taken and values that are not.
VALUES = {
    "symbols": (["S0001", "S0001,S0002"], ["S" * 17, "%07"]),
    "symbol": (["S0001"], ["S" * 17]),
    "types": (["high", "high,low"], ["hihg"]),
    "universes": (["core"], ["unknown"]),
    "directions": (["up", "up,down"], ["left"]),
    "sources": (["tick,fmv"], ["tv"]),
    "min_score": (["25", "0.5"], ["x"]),
    "min_strength": (["weak", "strong"], ["very"]),
    "min_magnitude": (["1.5"], ["x"]),
    "min_count": (["3"], ["1.5", "-1"]),
    "min_price": (["5", "0.0001"], ["x"]),
    "max_price": (["1000"], ["dear"]),
    "min_volume": (["100"], ["x"]),
    "min_trend_age": (["60"], ["1.5"]),
    "max_trend_age": (["60"], ["-1"]),
    "vwap_position": (["above", "above,below"], ["beside"]),
    "limit": (["1", "1000"], ["0", "1001", "x"]),
    "since": ([POSITION], ["yesterday"]),
    "until": ([POSITION], ["tomorrow"]),
    "interval_ms": (["0", "60000"], ["60001", "-1"]),
    "conflate": (["false"], ["maybe"]),
    "format": (["json", "text"], ["html"]),
    "after": (["0", "7"], ["-1", "x"]),
    "user_filters": (["true", "false"], ["maybe"]),
    "type": (["high"], ["high,low", ""]),
    "channel": (["tick"], [""]),
    "since_hours": (["1", "2160"], ["0", "2161", "x"]),
    "direction": (["up"], ["left"]),
    "source": (["tick"], ["tv"]),
    "session": (["regular", "pre"], ["lunch"]),
    "date": (["2024-03-05"], ["2024-13-01", "today"]),
    "from": (["2024-03-05", "2024-03-05T09:30:00.5", "2024-03-05T14:30Z", "2h", "now",
              "1709649000000000000"], ["yesterday", "2024-03-05T9:30"]),
    "to": (["2024-03-06", "1h"], ["tomorrow"]),
    "min_priority": (["1", "4"], ["0", "5"]),
    "revisions": (["latest", "all"], ["first"]),
    "order": (["newest", "oldest"], ["random"]),
    "sort": (["symbol", "highs", "lows", "trends", "surges"], ["price"]),
    "width": (["10s", "1m", "5m", "1h"], ["2m"]),
    "component": (["stream"], ["c" * 65]),
    "name": (["latency"], ["n" * 65]),
    "interval": (["1", "5", "15", "60", "300", "3600"], ["30", "1m"]),
    "kind": (["missing", "extra", "near"], ["other"]),
    "by": (["api:local"], ["b" * 65]),
    "cause": (["latency"], ["c" * 65]),
    "state": (["stands", "resolved"], ["open"]),
    "severity": (["info", "warning", "error", "critical"], ["bad"]),
    "cursor": ([], ["5", "x%27--"]),  # good ones: test_6_history
}
# The same name says something else there: (operation, parameter).
SPECIAL = {
    ("market", "limit"): (["1", "10", "100"], ["0", "101", "-1", "many", "1.5"]),
    ("symbol_candles", "since"): (["1709650800"], ["yesterday", "-1"]),
    ("history_alerts", "type"): (["QUEUE_OVERFLOW"], ["", "t" * 65]),
    ("history_audit", "kind"): (["flags"], ["", "k" * 65]),
    ("symbol_trace", "from"): (["1", "40"], ["0", "yesterday"]),
    ("symbol_trace", "to"): (["1", "1000000"], ["0", "tomorrow"]),
}
ROLLOUT_PAGES = ("rollout", "rollout_report", "rollout_differences", "rollout_incidents",
                 "rollout_audit")
# Operation -> a body that it takes, less the reason.
ROLLOUT_COMMANDS = {
    "set_rollout_flags": {"flags": {
        "multichannel_system_enabled": True, "tick_channel_enabled": True, "router_enabled": True,
        "integration_layer_enabled": True, "parallel_processing_enabled": True,
        "performance_comparison_enabled": True, "rollout_percentage": 12.5,
        "rollout_tickers": ["S0001"], "add_excluded_tickers": ["S0002"],
        "remove_excluded_tickers": ["S0003"]}},
    "disable_rollout": {"uninstall": False},
    "enable_rollout": {"percentage": 1},
    "set_rollout_phase": {"phase": 0},
}
WEBSOCKET = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
             "Sec-WebSocket-Key": base64.b64encode(b"0123456789abcdef").decode()}
ENGINE_IO = {"EIO": "4", "transport": "polling"}
JSON = {"Content-Type": "application/json"}
# Statuses that need what these tests do not arrange; other tests do: overload, stops, full disks.
NOT_PROVOKED = {"408", "429", "503", "504"}


def make_day(folder):
    """Half an hour with every kind of record, and a halt at its end, as a file."""
    path = pathlib.Path(folder) / "day.ndjson"
    subprocess.run([binary(), "generate", "--out", path, "--symbols", "40", "--from", "09:30",
                    "--to", "10:00", "--trades-per-second", "40", "--date", "2024-03-05"],
                   check=True, timeout=PATIENCE, capture_output=True)
    with path.open("a") as file:
        file.write(json.dumps({"type": "halt", "symbol": "HALTED", "action": "halt",
                               "reason": "T1", "timestamp": 1709650800 * 10 ** 9}) + "\n")
    return str(path)


def make_configuration(folder):
    path = pathlib.Path(folder) / "config"
    (path / "rules").mkdir(parents=True)
    (path / "rules" / "mine.json").write_text(json.dumps(
        {"rules": [{"name": "lively", "kind": "event", "when": "percent_change > 0.2"}]}))
    return str(path)


class Caller:
    """Calls operations of a server and holds each answer against the document."""

    def __init__(self, server, document):
        self.server = server
        self.document = document
        self.seen = set()  # (operation, status)

    def call(self, id, names=None, query=None, body=None, headers=None, method=None, bare=False):
        """(status, headers, body). The body of a stream is not read. `bare`: not even a length."""
        path, documented_method, operation = self.document.operation(id)
        for name, value in (names or {}).items():
            path = path.replace("{" + name + "}", quote(value, safe=""))
        assert "{" not in path, path
        if query:
            path += "?" + (query if isinstance(query, str) else urlencode(query))
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        try:
            if bare:
                connection.putrequest(documented_method, path)
                for name, value in (headers or {}).items():
                    connection.putheader(name, value)
                connection.endheaders()
            else:
                connection.request(method or documented_method, path, body=body,
                                   headers=headers or {})
            answer = connection.getresponse()
            streams = answer.status == 101 or "event-stream" in answer.getheader("Content-Type", "")
            text = "" if streams else answer.read().decode()
            if (method or documented_method) != "HEAD":
                self.document.check_answer(operation, answer.status, dict(answer.getheaders()), text)
            self.seen.add((id, str(answer.status)))
            return answer.status, dict(answer.getheaders()), text
        finally:
            connection.close()

    def expect(self, status, id, *arguments, **more):
        found, headers, body = self.call(id, *arguments, **more)
        assert found == status, (id, arguments, more, found, body[:300])
        return json.loads(body) if "json" in headers.get("Content-Type", "") else body


class OpenApi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="tickstock_openapi_")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.day = make_day(cls.folder.name)
        cls.server = Server("--source", "replay", "--file", cls.day, "--speed", "0", "--no-loop",
                            "--set", "storage.interval_seconds=0.2",
                            "--set", "storage.retention_hours=87600",  # the day is old
                            "--config", make_configuration(cls.folder.name))
        cls.addClassCleanup(cls.server.__exit__)
        cls.status = asyncio.run(wait_for_end(cls.server))
        cls.document = Document(cls.server.get("/api/v1/openapi.json")[2])
        cls.caller = Caller(cls.server, cls.document)

    def test_1_the_document_is_sound(self):
        raw = self.document.raw
        root = pathlib.Path(__file__).resolve().parents[2]
        self.assertEqual(raw, json.loads((root / "docs/reference/openapi.json").read_text()))
        self.assertRegex(raw["openapi"], r"^3\.1\.\d+$")
        self.assertTrue(raw["info"]["title"] and raw["info"]["version"])
        used = set(references(raw))
        for reference in used:
            self.document.resolve({"$ref": reference})
        for kind in ("schemas", "parameters", "responses"):
            for name in raw["components"][kind]:
                self.assertIn(f"#/components/{kind}/{name}", used, "used by nothing")
        for schema in raw["components"]["schemas"].values():
            jsonschema.Draft202012Validator.check_schema(schema)
        for path, item in raw["paths"].items():
            self.assertTrue(path.startswith("/"))
            self.assertLessEqual(set(item), {*METHODS, "parameters"})
        ids = [operation["operationId"] for _, _, operation in self.document.operations()]
        self.assertEqual(len(ids), len(set(ids)))
        tags = {tag["name"] for tag in raw["tags"]}
        for path, method, operation in self.document.operations():
            with self.subTest(path=path, method=method):
                self.check_operation(path, operation, tags)

    def check_operation(self, path, operation, tags):
        self.assertTrue(operation["summary"] and operation["responses"])
        self.assertLessEqual(set(operation["tags"]), tags)
        self.assertLessEqual(set(operation), {
            "operationId", "tags", "summary", "description", "parameters", "requestBody",
            "responses", "security", "x-role"})
        named = set()
        for parameter in operation["parameters"]:
            self.assertIn(parameter["in"], ("path", "query", "header"))
            jsonschema.Draft202012Validator.check_schema(parameter["schema"])
            self.assertTrue(parameter["description"])
            self.assertNotIn((parameter["in"], parameter["name"]), named)
            named.add((parameter["in"], parameter["name"]))
            if parameter["in"] == "path":
                self.assertIs(parameter["required"], True)
        self.assertEqual({name for place, name in named if place == "path"},
                         set(re.findall(r"{(\w+)}", path)))
        for status, response in operation["responses"].items():
            self.assertRegex(status, r"^[1-5]\d\d$")
            self.assertTrue(self.document.resolve(response)["description"])
        for media in operation.get("requestBody", {}).get("content", {}).values():
            jsonschema.Draft202012Validator.check_schema(media["schema"])

    def test_2_every_page_answers_as_said(self):
        expect = self.caller.expect
        for id in ("dashboard", "health", "readiness", "metrics", "openapi", "status", "quarantine", "alerts",
                   "monitoring_dashboard", "market", "events", "event_stream", "me", "ticket", "connections", "channels", "universes", "router",
                   "journal", "decisions", "settings", "settings_schema", *ROLLOUT_PAGES):
            expect(200, id)
        for name in ("tick", "ohlcv", "fmv"):
            expect(200, "channel", {"name": name})
            expect(200, "channel_debug", {"name": name})
        for id in ("channel", "channel_debug", "universe", "symbol"):
            expect(404, id, {"name": "none", "symbol": "NONE"})
        for id in ("status", "channels", "me"):
            status, _, body = self.caller.call(id, method="HEAD")
            self.assertEqual((status, body), (200, ""))
        for id in ("channels", "channel", "channel_debug", "universes", "universe", "router",
                   "journal", "decisions"):
            expect(400, id, {"name": "tick"}, query={"x": "1"})
        expect(403, "status", headers={"Host": "elsewhere.example"})

    def test_3_every_event_is_as_said(self):
        position, types, bars = f"{self.status['epoch']}:0", set(), 0
        while True:
            page = self.caller.expect(200, "events", query={"since": position, "limit": "1000"})
            if not page["events"]:
                break
            self.assertTrue(page["recovered"])
            types |= {item["event"]["type"] for item in page["events"]}
            bars += sum("timeframe" in item["event"]["data"] for item in page["events"])
            position = page["next"]
        self.assertEqual(types, set(self.document.raw["components"]["schemas"]["EventType"]["enum"]))
        self.assertGreater(bars, 0)
        self.caller.expect(200, "symbol", {"symbol": self.a_symbol()})
        for since in ("another:5", f"{self.status['epoch']}:99999999"):
            page = self.caller.expect(200, "events", query={"since": since})
            self.assertIs(page["recovered"], False)

    def put_universe(self, name, body):
        """Returns when it is there: pages show the engine as of the last second."""
        self.caller.expect(200, "put_universe", {"name": name}, body=body, headers=JSON)
        for _ in range(PATIENCE * 20):
            if self.caller.call("universe", {"name": name})[0] == 200:
                return
            time.sleep(0.05)
        self.fail(name)

    def a_symbol(self):
        """One that has events."""
        return self.server.page("/api/v1/events?limit=1&types=high")["events"][0]["event"]["symbol"]

    def test_4_every_parameter_is_taken_and_checked(self):
        self.put_universe("core", {"symbols": ["S0001"]})
        for path, method, operation in self.document.operations():
            for parameter in operation["parameters"]:
                if parameter["in"] != "query" or operation["operationId"] == "ingest" \
                        or operation["operationId"].startswith("socketio"):
                    continue
                name = parameter["name"]
                id = operation["operationId"]
                good, bad = SPECIAL.get((id, name)) or VALUES[name]
                names = {"symbol": "S0001"}
                for value in good:
                    value = value.replace("{epoch}", self.status["epoch"])
                    self.assertTrue(self.accepts(parameter, value), (name, value))
                    self.caller.expect(200, id, names, query=f"{name}={value}")
                for value in bad:
                    if name != "universes":  # whether there is one, no schema knows
                        self.assertFalse(self.accepts(parameter, value), (name, value))
                    self.caller.expect(400, id, names, query=f"{name}={value}")
            if any(one["in"] == "query" for one in operation["parameters"]):
                if not operation["operationId"].startswith(("socketio", "ingest")):
                    self.caller.expect(400, operation["operationId"], {"symbol": "S0001"},
                                       query="mistyped=1")
        self.caller.expect(200, "event_stream", query="since=snapshot")
        self.caller.expect(200, "event_stream", headers={"Last-Event-ID": "another:7"})
        self.caller.expect(400, "event_stream", headers={"Last-Event-ID": "seven"})
        self.caller.expect(400, "event_stream", query="conflate=true")

    def accepts(self, parameter, text):
        """Whether the parameter's schema takes this text, read as its style says."""
        schema, text = parameter["schema"], unquote(text)
        if schema.get("type") == "array":
            value = text.split(",")
        elif schema.get("type") in ("integer", "number") and re.fullmatch(r"-?[\d.]+", text):
            value = float(text) if "." in text else int(text)
        elif schema.get("type") == "boolean":
            value = {"true": True, "false": False}.get(text, text)
        else:
            value = text
        return self.document.validator(schema).is_valid(value)

    def test_5_commands_and_bodies(self):
        expect = self.caller.expect
        names = {"name": "tick", "symbol": self.a_symbol()}
        for body in ({}, {"body": {}, "headers": JSON}):
            for id in ("pause_channel", "resume_channel", "halt_symbol", "resume_symbol"):
                self.assertIs(expect(200, id, names, **body)["done"], True)
        expect(409, "resume_channel", names)
        for id in ("pause_channel", "resume_channel", "halt_symbol", "resume_symbol"):
            expect(400, id, names, body={"mistyped": 1}, headers=JSON)
            expect(400, id, names, body="[]", headers=JSON)
            expect(415, id, names, body="{}", headers={"Content-Type": "text/plain"})
            expect(413, id, names, body=" " * 70_000, headers=JSON)
        expect(200, "halt_symbol", names, body={"reason": "news"}, headers=JSON)
        expect(400, "halt_symbol", names, body={"reason": ""}, headers=JSON)
        for id in ("pause_channel", "resume_channel", "rule_on", "rule_off", "halt_symbol",
                   "resume_symbol"):
            expect(404, id, {"name": "none", "symbol": "NONE"})
        for id in ("rule_on", "rule_off"):
            expect(400, id, {"name": "lively"}, body={"mistyped": 1}, headers=JSON)
            expect(415, id, {"name": "lively"}, body="{}")
        expect(200, "rule_off", {"name": "lively"})
        expect(200, "rule_on", {"name": "lively"})
        core = {"name": "mine"}
        self.put_universe("mine", {"symbols": ["S0001"], "priority": True})
        self.assertEqual(expect(200, "universe", core)["symbols"], ["S0001"])
        expect(411, "put_universe", core, headers=JSON, bare=True)
        expect(413, "put_universe", core, body=" " * 70_000, headers=JSON)
        expect(415, "put_universe", core, body="{}")
        expect(400, "put_universe", core, body={"symbols": []}, headers=JSON)
        expect(400, "put_universe", {"name": "No Name"}, body={"symbols": ["A"]}, headers=JSON)
        expect(400, "delete_universe", {"name": "No Name"})
        expect(200, "delete_universe", core)
        expect(404, "delete_universe", core)

    def test_5_settings(self):
        expect = self.caller.expect
        good = {"settings": {"monitoring.latency_p99_ms": 80}}
        self.assertEqual(len(expect(200, "change_settings", body={**good, "dry_run": True}, headers=JSON)["changed"]), 1)
        self.assertEqual(expect(200, "change_settings", body=good, headers=JSON)["saved"], "tickstock.json")
        self.assertEqual(expect(200, "reload_settings")["changed"], [])
        bad = expect(422, "change_settings", body={"settings": {"server.prot": 1, "engine.shards": 0}}, headers=JSON)
        self.assertEqual(bad["problems"][0]["nearest"], "server.port")
        expect(409, "change_settings", body={"settings": {"server.port": 1}}, headers=JSON)
        expect(400, "change_settings", body={"settings": {}}, headers=JSON)
        expect(400, "change_settings", body="[", headers=JSON)
        expect(411, "change_settings", headers=JSON, bare=True)
        expect(413, "change_settings", body=" " * 70_000, headers=JSON)
        expect(415, "change_settings", body="{}")
        config = pathlib.Path(self.folder.name) / "config"
        main = (config / "tickstock.json").read_text()
        for text, status in (("{", 422), (main.replace('"shards": 1', '"shards": 2'), 409)):
            (config / "tickstock.json").write_text(text)
            expect(status, "reload_settings")
        (config / "tickstock.json").write_text(main)
        long = (config / "tickstock.json").rename(config / ("n" * 255))  # no name beside it is longer
        (config / "tickstock.json").symlink_to(long.name)
        expect(500, "change_settings", body={"settings": {"monitoring.log": False}}, headers=JSON)
        long.replace(config / "tickstock.json")

    def test_6_users(self):
        expect = self.caller.expect
        me = {"user": "me", "name": "one"}
        every = {"symbols": ["A"], "universes": ["one"], "types": ["high"], "directions": ["up"],
                 "sources": ["tick"], "min_score": 1, "min_strength": "weak", "min_magnitude": "1.5",
                 "min_count": 2, "min_price": "0.5", "max_price": 100, "min_volume": 10,
                 "min_trend_age": 1, "max_trend_age": 60, "vwap_position": ["above"]}
        schemas = self.document.raw["components"]["schemas"]
        self.assertEqual(set(every), set(schemas["Filter"]["properties"]))
        expect(200, "put_user_universe", me, body={"symbols": ["A", "B"]}, headers=JSON)
        for filter in ({}, every):
            body = {"filter": filter, "enabled": True}
            self.assertTrue(self.document.validator(schemas["FilterBody"]).is_valid(body))
            expect(200, "put_user_filter", me, body=body, headers=JSON)
        self.assertEqual(expect(200, "user_filter", me)["filter"], every)
        self.assertEqual(expect(200, "user_universe", me)["symbols"], ["A", "B"])
        self.assertEqual(len(expect(200, "user_filters", me)["filters"]), 1)
        self.assertEqual(len(expect(200, "user_universes", me)["universes"]), 1)
        for one in ("user_filter", "user_universe"):
            put = f"put_{one}"
            expect(400, put, me, body={"mistyped": 1}, headers=JSON)
            expect(400, put, me, body="{", headers=JSON)
            expect(411, put, me, headers=JSON, bare=True)
            expect(415, put, me, body="{}")
            expect(413, put, me, body=" " * 600_000, headers=JSON)
            expect(404, f"delete_{one}", {"user": "me", "name": "x" * 65})
            expect(200, f"delete_{one}", me)
            expect(404, one, me)
            expect(404, f"delete_{one}", me)
            body = {"filter": {}} if one == "user_filter" else {"symbols": ["A"]}
            for number in range(40):
                status, _, _ = self.caller.call(put, {"user": "full", "name": str(number)},
                                                body=body, headers=JSON)
            self.assertEqual(status, 409, "32 are kept")
            for id in (one, put, f"delete_{one}", f"{one}s"):
                expect(404, id, {"user": "u" * 65, "name": "x"},
                       **({"body": body, "headers": JSON} if id == put else {}))

    def test_6_history(self):
        for _ in range(PATIENCE * 10):
            storage = self.server.status()["storage"]
            if storage["behind"] == 0 and storage["events"] > 0:
                break
            time.sleep(0.1)
        else:
            self.fail(f"not all is stored: {storage}")
        for name, member in (("events", "events"), ("sessions", "sessions"), ("counts", "counts"),
                             ("analytics", "windows"), ("metrics", "metrics")):
            with self.subTest(name=name):
                # What is added meanwhile stands at the end.
                order = "" if name == "sessions" else "&order=oldest"
                page = self.caller.expect(200, f"history_{name}", query="limit=1000" + order)
                self.assertTrue(page[member])
                first = self.caller.expect(200, f"history_{name}", query="limit=1" + order)
                self.assertEqual(first[member][0], page[member][0])
                self.assertTrue(self.accepts(
                    {"schema": self.document.resolve(
                        {"$ref": "#/components/parameters/history_cursor"})["schema"]},
                    first["next"]))
                second = self.caller.expect(200, f"history_{name}",
                                            query=f"limit=1&cursor={first['next']}" + order)
                self.assertNotEqual(second[member][0], first[member][0])
                self.caller.expect(400, f"history_{name}", query=f"cursor=z{first['next']}")
        self.assertEqual(self.caller.expect(200, "history_gaps")["gaps"], [])
        types, cursor = set(), ""
        while cursor is not None:  # every event holds against the schema
            page = self.caller.expect(200, "history_events", query="limit=1000" + cursor)
            types |= {item["event"]["type"] for item in page["events"]}
            cursor = page["next"] and f"&cursor={page['next']}"
        self.assertEqual(types, set(self.document.raw["components"]["schemas"]["EventType"]["enum"]))
        self.assertTrue(self.caller.expect(200, "history_analytics", query="width=1h")["windows"])

    def test_7_streams_and_upgrades(self):
        expect = self.caller.expect
        expect(101, "websocket", headers=WEBSOCKET)
        expect(426, "websocket")
        expect(403, "websocket", headers={**WEBSOCKET, "Origin": "https://elsewhere.example"})
        session = expect(200, "socketio_receive", query=ENGINE_IO)
        self.assertTrue(session.startswith("0{"), session)
        with_session = {**ENGINE_IO, "sid": json.loads(session[1:])["sid"]}
        expect(200, "socketio_send", query=with_session, body="40",
               headers={"Content-Type": "text/plain"})
        expect(101, "socketio_receive", query={"EIO": "4", "transport": "websocket"},
               headers=WEBSOCKET)
        expect(400, "socketio_receive", query={**ENGINE_IO, "sid": "none"})
        expect(400, "socketio_send", query={**ENGINE_IO, "sid": "none"}, body="x")
        own = f"http://127.0.0.1:{self.server.port}"
        expect(204, "socketio_preflight", headers={
            "Origin": own, "Access-Control-Request-Method": "POST"})
        expect(403, "socketio_preflight", headers={
            "Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"})

    def test_7_rows_that_are_pushed(self):
        ndjson = {"Content-Type": "application/x-ndjson"}
        with Server("--source", "push") as server:
            caller = Caller(server, self.document)
            caller.seen = self.caller.seen
            row = json.dumps({"symbol": "A", "price": 10, "size": 100,
                              "timestamp": int(time.time() * 1000)})
            for query in (None, {"client": "a", "sequence": 1}):
                for kind in self.document.operation("ingest")[2]["requestBody"]["content"]:
                    answer = caller.expect(200, "ingest", query=query, body=row + "\nbad\n",
                                           headers={"Content-Type": kind})
                    self.assertEqual((answer["rows"], answer["rejected"]), (2, 1))
            caller.expect(400, "ingest", query={"client": "a"}, body=row, headers=ndjson)
            caller.expect(400, "ingest", query={"mistyped": "a"}, body=row, headers=ndjson)
            caller.expect(411, "ingest", headers=ndjson, bare=True)
            caller.expect(413, "ingest", body=" " * (4 * 2 ** 20 + 1), headers=ndjson)
            caller.expect(415, "ingest", body=row, headers=JSON)
            caller.expect(101, "ingest_websocket", headers=WEBSOCKET)
            caller.expect(426, "ingest_websocket")
        for id in ("ingest", "ingest_websocket"):  # that server has no such source
            self.caller.expect(503, id, headers={**WEBSOCKET} if "web" in id else ndjson,
                               body=None if "web" in id else row)

    def test_7_rollout(self):
        """With an integrator: every page and command. test_2 has the pages without one."""
        reason = {"reason": "a test"}
        for id in (*ROLLOUT_COMMANDS, "advance_rollout"):
            body = ROLLOUT_COMMANDS.get(id, {}) | reason
            self.caller.expect(409, id, body=body, headers=JSON)
        with Server("--symbols", "20", "--set", "source.synthetic.start_at=09:35:00",
                    "--set", "integration.installed=true",
                    "--set", "rollout.phase_0_hours=0") as server:
            caller = Caller(server, self.document)
            caller.seen = self.caller.seen
            self.wait_for(lambda: caller.call("readiness")[0] == 200)
            self.assertIs(caller.expect(200, "rollout")["installed"], True)
            caller.expect(400, "rollout", query="mistyped=1")
            self.wait_for(lambda: caller.call("advance_rollout", body=reason,
                                              headers=JSON)[0] == 200)
            self.assertEqual(caller.expect(409, "advance_rollout", body=reason,
                                           headers=JSON)["error"]["code"], "refused")
            for id, body in ROLLOUT_COMMANDS.items():
                self.assertIs(caller.expect(200, id, body=body | reason, headers=JSON)["done"], True)
                for page in ROLLOUT_PAGES:
                    caller.expect(200, page)
            self.wait_for(lambda: len(caller.expect(200, "rollout_audit")["audit"]) > 4)
            self.assertTrue(caller.expect(200, "rollout_incidents")["incidents"])
            self.assertRegex(caller.expect(200, "rollout_report", query="format=text"),
                             "RECOMMEND|CAUTION|STOP")
            for id in (*ROLLOUT_COMMANDS, "advance_rollout"):
                body = ROLLOUT_COMMANDS.get(id, {})
                caller.expect(400, id, body=body, headers=JSON)  # no reason
                caller.expect(400, id, body=body | reason | {"mistyped": 1}, headers=JSON)
                caller.expect(411, id, headers=JSON, bare=True)
                caller.expect(413, id, body=" " * 70_000, headers=JSON)
                caller.expect(415, id, body="{}")

    def test_7_comparison(self):
        good = {"settings": {"high_low.cooldown_seconds": 20}, "reason": "a test"}
        expect = self.caller.expect
        self.assertIs(expect(200, "comparison")["running"], False)
        expect(400, "comparison", query="limit=1")
        expect(400, "stop_comparison", query="limit=1")
        expect(409, "stop_comparison")
        expect(200, "start_comparison", body=good, headers=JSON)
        expect(409, "start_comparison", body=good, headers=JSON)
        self.assertEqual(expect(200, "comparison")["reason"], "a test")
        self.wait_for(lambda: not expect(200, "comparison")["catching_up"])
        expect(200, "stop_comparison")
        for change in ({"settings": {}}, {"settings": {"no.such": 1}}, {"reason": ""},
                       {"mistyped": 1}, {"settings": {"high_low.cooldown_seconds": None}}):
            expect(400, "start_comparison", body=good | change, headers=JSON)
        expect(411, "start_comparison", headers=JSON, bare=True)
        expect(413, "start_comparison", body=" " * 70_000, headers=JSON)
        expect(415, "start_comparison", body="{}")

    def wait_for(self, condition):
        """Pages show the engine as of the last second."""
        for _ in range(PATIENCE * 20):
            if condition():
                return
            time.sleep(0.05)
        self.fail("it never came")

    def test_8_other_methods_are_refused_with_those_that_are_not(self):
        names = {"name": "tick", "symbol": "A", "user": "me"}
        allowed = {}
        for path, method, _ in self.document.operations():
            allowed.setdefault(path, set()).add(method)
        for path, methods in allowed.items():
            id = next(one["operationId"] for where, _, one in self.document.operations()
                      if where == path)
            status, headers, _ = self.caller.call(id, names, method="PUT" if "PATCH" in methods else "PATCH")
            self.assertEqual(status, 405, path)
            told = set(headers["Allow"].split(", "))
            self.assertEqual(told - {"HEAD"}, methods, path)
            self.assertEqual("HEAD" in told, "GET" in told, path)

    def test_9_nothing_of_the_document_was_left_out(self):
        """Runs last: every operation was answered with every status that it may have, but for those
        that need a server in trouble, or one that asks who one is."""
        left = {(operation["operationId"], status)
                for _, _, operation in self.document.operations()
                for status in operation["responses"]} - self.caller.seen
        left = {(id, status) for id, status in left
                if status not in NOT_PROVOKED | {"401", "403", "409", "413"}}
        self.assertEqual(left, set())


class Accounts(unittest.TestCase):
    """With auth.mode = required: 401 without a credential, 403 below the role that is said."""

    def test_roles(self):
        with tempfile.TemporaryDirectory(prefix="tickstock_openapi_") as folder:
            secret = pathlib.Path(folder) / "secret"
            subprocess.run([binary(), "token", "secret", "--out", secret], check=True,
                           capture_output=True)
            settings = ("--set", "auth.mode=required", "--set", "auth.jwt_algorithm=HS256",
                        "--set", f"auth.jwt_key_file={secret}",
                        "--set", "auth.failures_per_minute=1000")

            def mint(role):
                return subprocess.run(
                    [binary(), "token", "mint", "--user", "ann", "--role", role, "--ttl", "1h",
                     *settings], check=True, capture_output=True, text=True).stdout.strip()

            tokens = {role: {"Authorization": f"Bearer {mint(role)}"}
                      for role in ("viewer", "trader", "admin")}
            with Server("--source", "synthetic", "--symbols", "5", *settings) as server:
                document = Document(server.get("/api/v1/openapi.json")[2])
                caller = Caller(server, document)
                for path, method, operation in document.operations():
                    with self.subTest(path=path, method=method):
                        self.check(caller, operation, tokens)
                self.assertEqual(caller.expect(200, "me", headers=tokens["trader"])["user"], "ann")
                caller.expect(200, "ticket", headers=tokens["viewer"])
                caller.expect(401, "websocket",
                              headers={**WEBSOCKET, "Authorization": "Bearer none"})
                caller.expect(101, "websocket", headers={**WEBSOCKET, **tokens["viewer"]})
                caller.expect(403, "user_filters", {"user": "bob"}, headers=tokens["trader"])
                caller.expect(200, "user_filters", {"user": "bob"}, headers=tokens["admin"])

    def check(self, caller, operation, tokens):
        id, role = operation["operationId"], operation.get("x-role")
        names = {"name": "none", "symbol": "NONE", "user": "ann"}
        if role is None:
            self.assertEqual(operation["security"], [])
            if not id.startswith("socketio"):
                self.assertNotIn(caller.call(id)[0], (401, 403))
            return
        self.assertEqual(caller.call(id, names)[0], 401)
        self.assertEqual(caller.call(id, names, headers={"Authorization": "Bearer x"})[0], 401)
        order = ("viewer", "trader", "admin")
        for one in order:
            status = caller.call(id, names, headers=tokens[one])[0]
            if order.index(one) < order.index(role):
                self.assertEqual(status, 403, f"{one} instead of {role}")
            else:
                self.assertNotIn(status, (401, 403), f"{one} is enough")


if __name__ == "__main__":
    unittest.main()
