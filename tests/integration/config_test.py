#!/usr/bin/python3
"""`tickstock config …` and the JSON Schema that it prints: the shipped files fit it, wrong ones do
not. The validator here is our own, written apart from the program."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from support import Server

BINARY = os.environ["TICKSTOCK_BINARY"]
SHIPPED = pathlib.Path(__file__).resolve().parents[2] / "config"


def run(*arguments, env=None):
    result = subprocess.run([BINARY, "config", *map(str, arguments)], capture_output=True, text=True, timeout=60,
                            env={**os.environ, **(env or {})})
    return result.returncode, result.stdout, result.stderr


def without_comments(text):
    """JSON of JSON with comments; a // inside a string stays."""
    return re.sub(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', lambda m: m.group(1) or "", text, flags=re.S)


def problems(value, schema, path="$"):
    """What is wrong with a value, by the part of JSON Schema that we print."""
    known = {"type", "properties", "additionalProperties", "minimum", "maximum", "enum", "items", "uniqueItems",
             "default", "description", "$schema", "$defs", "title", "minItems", "examples"}
    assert set(schema) <= known, f"the validator does not know {set(schema) - known}"
    types = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}
    kind = schema.get("type")
    if kind and (not isinstance(value, types[kind]) or (isinstance(value, bool) and kind != "boolean")):
        return [f"{path}: no {kind}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{path}: not in enum")
    if "minimum" in schema and value < schema["minimum"] or "maximum" in schema and value > schema["maximum"]:
        found.append(f"{path}: out of range")
    if kind == "object":
        for name, member in value.items():
            if name in schema["properties"]:
                found += problems(member, schema["properties"][name], f"{path}.{name}")
            elif schema["additionalProperties"] is False:
                found.append(f"{path}.{name}: unknown")
    if kind == "array":
        if schema.get("uniqueItems") and len({json.dumps(one) for one in value}) < len(value):
            found.append(f"{path}: not unique")
        if len(value) < schema.get("minItems", 0):
            found.append(f"{path}: too few items")
        for number, item in enumerate(value):
            found += problems(item, schema["items"], f"{path}[{number}]")
    return found


def leaves(schema, path=()):
    for name, member in schema.get("properties", {}).items():
        if "properties" in member:
            yield from leaves(member, (*path, name))
        else:
            yield (*path, name), member


def nested(path, value):
    for name in reversed(path):
        value = {name: value}
    return value


class Schema(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.schema = json.loads(run("schema")[1])

    def schema_of(self, path):
        return self.schema if path.name == "tickstock.json" else self.schema["$defs"][path.stem]

    def test_shipped_files_fit(self):
        files = [SHIPPED / "tickstock.json", *sorted((SHIPPED / "channels").glob("*.json"))]
        self.assertEqual(len(files), 5)
        for path in files:
            value = json.loads(without_comments(path.read_text()))
            self.assertEqual(problems(value, self.schema_of(path)), [], path)

    def test_every_default_fits_and_every_wrong_value_does_not(self):
        count = 0
        for root in (self.schema, *self.schema["$defs"].values()):
            for path, leaf in leaves(root):
                self.assertTrue(leaf["description"], path)
                self.assertEqual(problems(nested(path, leaf["default"]), root), [], path)
                wrong = [None, {}]
                wrong += [] if leaf.get("type") in ("string", None) else ["", "x"]
                wrong += [] if leaf.get("type") == "boolean" else [True]
                wrong += [] if leaf.get("type") == "array" else [[]]
                if "minimum" in leaf:
                    wrong += [leaf["minimum"] - 1, leaf["maximum"] * 2 + 1, "1", float("inf")]
                if "enum" in leaf:
                    wrong += ["", leaf["enum"][0] + "x"]
                if leaf.get("type") == "array":
                    wrong += [[1], [""] * 2, "a"]
                for value in wrong:
                    self.assertNotEqual(problems(nested(path, value), root), [], (path, value))
                    count += 1
                self.assertNotEqual(problems(nested((*path[:-1], path[-1] + "s"), leaf["default"]), root), [], path)
        self.assertGreater(count, 3000)

    def test_what_the_schema_refuses_the_program_refuses(self):
        """For a sample of each kind; src/config/settings_test.cpp does all."""
        with tempfile.TemporaryDirectory() as folder:
            for text in ('{"server": {"port": 70000}}', '{"server": {"prot": 1}}', '{"journal": {"durability": "x"}}',
                         '{"source": {"names": ["x"]}}', '{"monitoring": {"log": 1}}'):
                self.assertTrue(problems(json.loads(text), self.schema) or "names" in text, text)
                (pathlib.Path(folder) / "tickstock.json").write_text(text)
                code, _, said = run("check", "--config", folder)
                self.assertEqual(code, 2, text)
                self.assertIn("tickstock.json:1: ", said)


class Commands(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.config = pathlib.Path(self.folder.name) / "config"
        shutil.copytree(SHIPPED, self.config)

    def tearDown(self):
        self.folder.cleanup()

    def test_show(self):
        code, text, _ = run("show", "server", "--config", self.config)
        self.assertEqual(code, 0)
        self.assertTrue(all(line.startswith("server.") for line in text.splitlines()))
        rows = json.loads(run("show", "server.port", "--json", "--config", self.config)[1])
        self.assertEqual([(row["name"], row["value"], row["change"]) for row in rows], [("server.port", 8080, "restart")])
        self.assertTrue(rows[0]["origin"].startswith("tickstock.json:"))
        self.assertEqual(run("show", "--changed", "--config", self.config)[1], "")
        changed = run("show", "--changed", "--config", self.config, "--set", "server.port=9")[1]
        self.assertRegex(changed, r"^server\.port +9 +flag\n$")
        self.assertIn("nearest is server", run("show", "sevrer")[2])

    def test_explain(self):
        code, text, _ = run("explain", "high_low.min_price_change", "--config", self.config)
        self.assertEqual(code, 0)
        for part in ("0.01", "0…1000 USD", "live", "TICKSTOCK__HIGH_LOW__MIN_PRICE_CHANGE", "HIGHLOW_MIN_PRICE_CHANGE",
                     "channels/default_tick.json: detection_parameters.highlow.min_price_change"):
            self.assertIn(part, text)
        code, text, _ = run("explain", "journal", "--config", self.config)
        self.assertEqual(code, 0)
        self.assertIn("journal.durability\n", text)
        self.assertIn("accepted     always, interval, none", text)
        code, _, said = run("explain", "high_low.min_price_chnage")
        self.assertEqual(code, 2)
        self.assertIn("nearest is high_low.min_price_change", said)

    def test_unknown_names_get_the_nearest_everywhere(self):
        self.assertIn("nearest is TICKSTOCK__SERVER__PORT", run("check", env={"TICKSTOCK__SERVER__PROT": "1"})[2])
        self.assertIn("nearest is server.port", run("check", "--set", "server.prot=1")[2])
        self.assertIn("nearest is server.port", run("set", "--config", self.config, "server.prot=1")[2])
        (self.config / "tickstock.json").write_text('{"server": {\n"prot": 1}}')
        self.assertIn("tickstock.json:2: server.prot: unknown key, nearest is server.port",
                      run("check", "--config", self.config)[2])

    def test_set(self):
        before = (self.config / "channels/default_tick.json").read_text()
        code, said, _ = run("set", "--config", self.config, "high_low.cooldown_seconds=2")
        self.assertEqual(code, 0)
        self.assertIn('-      "cooldown_seconds": 1,\n+      "cooldown_seconds": 2,\n', said)
        self.assertIn("SIGHUP", said)
        after = (self.config / "channels/default_tick.json").read_text()
        self.assertEqual(after, before.replace('"cooldown_seconds": 1,', '"cooldown_seconds": 2,', 1))
        self.assertIn("needs a restart for: server.port", run("set", "--config", self.config, "server.port=9")[1])
        self.assertIn("nothing changes", run("set", "--config", self.config, "server.port=9")[1])
        main = (self.config / "tickstock.json").read_text()
        self.assertEqual(run("set", "--dry-run", "--config", self.config, "server.port=10")[0], 0)
        self.assertEqual(run("set", "--config", self.config, "server.port=10", "engine.shards=0")[0], 2)
        self.assertEqual((self.config / "tickstock.json").read_text(), main)
        said = run("set", "--config", self.config, "server.port=11", env={"TICKSTOCK__SERVER__PORT": "7"})
        self.assertEqual(said[0], 2)
        self.assertIn("comes from the environment", said[2])

    def test_a_value_where_a_section_stands(self):
        (self.config / "tickstock.json").write_text('{"monitoring": 5}')
        code, _, said = run("set", "--config", self.config, "monitoring.cooldown_seconds=7")
        self.assertEqual(code, 2, said)
        self.assertIn("tickstock.json:1: monitoring", said)

    def test_secrets_are_told_nowhere(self):
        main = self.config / "tickstock.json"
        url = "https://127.0.0.1:9/hook?token=CANARY"
        for arguments in (["set", "--dry-run", f"monitoring.webhook_urls={url}1"],
                          ["set", f"monitoring.webhook_urls={url}2"], ["set", f"monitoring.webhook_urls={url}3"],
                          ["set", "monitoring.log=false"], ["explain", "monitoring.webhook_urls"],
                          ["show"], ["show", "--json"]):
            code, text, said = run(*arguments, "--config", self.config)
            self.assertEqual(code, 0, said)
            self.assertNotIn("CANARY", text + said, arguments)
        self.assertIn("CANARY3", main.read_text())
        self.assertEqual(main.stat().st_mode & 0o777, 0o640)

    def test_what_webhooks_cannot_take_is_found(self):
        for value in ("http://me:pw@host/", "http://", "https://x:99999/", "http:///x", "http://[::1", "http://a b/"):
            for arguments in (["set", f"monitoring.webhook_urls={value}"],
                              ["check", "--set", f"monitoring.webhook_urls={value}"]):
                code, _, said = run(*arguments, "--config", self.config)
                self.assertEqual(code, 2, value)
                self.assertIn("monitoring.webhook_urls", said)
        secret = self.config / "secret"
        setting = f"monitoring.webhook_secret_file={secret}"
        for arguments in (["set", setting], ["check", "--set", setting]):
            code, _, said = run(*arguments, "--config", self.config)
            self.assertEqual(code, 2)
            self.assertIn(f"monitoring.webhook_secret_file = {secret}: cannot be read", said)
        secret.write_text("x")
        secret.chmod(0o600)
        for arguments in (["set", setting], ["check"]):
            self.assertEqual(run(*arguments, "--config", self.config)[0], 0)
        secret.unlink()
        self.assertEqual(run("check", "--config", self.config)[0], 2)
        self.assertEqual(run("set", "monitoring.log=false", "--config", self.config)[0], 0, "it names something else")

    def test_a_running_server_refuses_what_its_next_start_would(self):
        headers = {"Content-Type": "application/json"}
        secret = self.config / "secret"
        main = self.config / "tickstock.json"

        def patch(settings):
            return server.request("PATCH", "/api/v1/config", json.dumps({"settings": settings}), headers)

        with Server("--config", str(self.config)) as server:
            before = main.read_text()
            for settings in ({"monitoring.webhook_urls": ["http://me:pw@host/"]},
                             {"monitoring.webhook_secret_file": str(secret)}):
                status, answer = patch(settings)
                self.assertEqual(status, 422, answer)
                self.assertEqual(answer["problems"][0]["name"], next(iter(settings)))
            self.assertEqual(main.read_text(), before)
            main.write_text(json.dumps({"monitoring": {"webhook_secret_file": str(secret)}}))
            status, answer = server.request("POST", "/api/v1/config/reload")
            self.assertEqual(status, 422, answer)
            self.assertIn(f"{secret}: cannot be read", answer["error"]["message"])
            main.write_text('{"monitoring": 5}')
            self.assertEqual(patch({"monitoring.cooldown_seconds": 7})[0], 422)
            main.unlink()
            status, answer = server.request("POST", "/api/v1/config/reload")
            self.assertEqual(status, 422, answer)
            self.assertIn("tickstock.json: is gone", answer["error"]["message"])
            self.assertFalse(main.exists())

    def test_diff(self):
        run("set", "--config", self.config, "high_low.cooldown_seconds=2", "server.port=9")
        code, text, _ = run("diff", self.config, "--config", SHIPPED)
        self.assertEqual(code, 0)
        self.assertEqual(text, "high_low.cooldown_seconds: 1 -> 2 (live)\nserver.port: 8080 -> 9 (restart)\n")
        self.assertEqual(run("diff", SHIPPED, "--config", SHIPPED)[1], "no difference\n")

    def test_diff_with_a_running_server_and_what_it_shows(self):
        run("set", "--config", self.config, "storage.url=off")
        with Server("--config", str(self.config)) as server:
            url = f"http://127.0.0.1:{server.port}"
            run("set", "--config", self.config, "high_low.cooldown_seconds=2.5")
            code, text, said = run("diff", "--url", url, "--config", self.config)
            self.assertEqual(code, 0, said)
            self.assertIn("high_low.cooldown_seconds: 1 -> 2.5 (live)\n", text)
            status, answer = server.request("POST", "/api/v1/config/reload")
            self.assertEqual((status, [one["name"] for one in answer["changed"]]), (200, ["high_low.cooldown_seconds"]))
            self.assertNotIn("high_low", run("diff", "--url", url, "--config", self.config)[1])
            schema = server.page("/api/v1/config/schema")
            self.assertEqual(schema, json.loads(run("schema")[1]))
            rows = {row["name"]: row for row in server.page("/api/v1/config")["settings"]}
            self.assertIsNone(rows["storage.url"]["value"])
            self.assertTrue(rows["storage.url"]["hidden"])
            self.assertEqual(rows["server.port"]["origin"], "flag")
        self.assertEqual(run("diff", "--url", url, "--config", self.config)[0], 1)


if __name__ == "__main__":
    unittest.main()
