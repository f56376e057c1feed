#!/usr/bin/python3
"""RELIABILITY 45: a thousand changes of the configuration, half of them wrong, by SIGHUP and over the
API, while the market runs and a client counts: no event is lost, the process stays the same, each
refusal says why, the last good values act, and the journal gives the same events again."""
import asyncio
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from support import PATIENCE, NativeClient, Server, binary

RELOADS = int(os.environ.get("TICKSTOCK_RELOADS", "1000"))
MARKET = ("--set", "source.synthetic.symbols=200", "--set", "source.synthetic.trades_per_second=1000",
          "--set", "source.speed=10", "--set", "source.synthetic.start_at=09:30:00",
          "--set", "source.synthetic.date=2024-03-05", "--set", "storage.url=off",
          "--set", "stream.memory_bytes=1073741824", "--set", "server.max_pending_bytes=1073741824")
TICK = "channels/default_tick.json"
# name, file that is made with it, how to draw a good value
LIVE = [
    ("high_low.min_percent_change", TICK, lambda r: r.randrange(0, 40) / 100),
    ("high_low.min_price_change", TICK, lambda r: r.randrange(0, 5) / 100),
    ("high_low.cooldown_seconds", TICK, lambda r: r.randrange(0, 30) / 10),
    ("high_low.reversal_window_seconds", TICK, lambda r: r.randrange(100, 400)),
    ("trend.periods.OPENING.interval_seconds", TICK, lambda r: r.randrange(60, 300)),
    ("surge.cooldown_seconds", TICK, lambda r: r.randrange(5, 60)),
    ("channels.tick.queue_size", TICK, lambda r: r.randrange(1000, 9000)),
    ("bars.surge_volume_multiple", "channels/default_ohlcv.json", lambda r: r.randrange(10, 50) / 10),
    ("monitoring.latency_p99_ms", "tickstock.json", lambda r: r.randrange(20, 900)),
    ("intake.guard_percent_regular", "tickstock.json", lambda r: r.randrange(10, 30)),
]
# What a refusal has to say.
REASON = re.compile(r"accepted|unknown|restart|syntax error|must be|no JSON|given twice|unexpected")


def key_of(name, file):
    """Where the made file has the setting."""
    if file == "tickstock.json":
        return name.split(".")
    for prefix, place in (("high_low.", "detection_parameters.highlow."), ("trend.", "detection_parameters.trend."),
                          ("surge.", "detection_parameters.surge."), ("bars.", "detection_parameters.bars."),
                          ("channels.tick.", "")):
        if name.startswith(prefix):
            return (place + name[len(prefix):]).split(".")
    raise AssertionError(name)


def with_value(text, path, value):
    """The file with another value, found by its keys one after the other; comments stay."""
    at = 0
    for key in path:
        at = text.index(f'"{key}":', at) + len(key) + 3
    end = re.compile(r"[,\n}]").search(text, at).start()
    return f"{text[:at]} {value}{text[end:]}"


class Storm:
    def __init__(self, server, folder):
        self.server = server
        self.folder = pathlib.Path(folder)
        self.random = random.Random(45)
        self.expected = {}
        self.results = {"good": 0, "bad": 0}
        self.next_step = 0.0
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)

    def ask(self, method, target, body=None):
        headers = {"Content-Type": "application/json"} if body is not None else {}
        self.connection.request(method, target, body=body, headers=headers)
        response = self.connection.getresponse()
        return response.status, json.loads(response.read())

    def hangup(self):
        """A reload by SIGHUP: what the log says of it."""
        begin = len(self.server.lines)
        self.server.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            lines = [line for line in self.server.lines[begin:] if "config: SIGHUP" in line]
            if lines:
                return lines
            time.sleep(0.001)
        raise AssertionError(f"no word about SIGHUP in the log: {self.server.lines[-5:]}")

    def reload(self, is_good):
        if self.random.random() < 0.5:
            said = " ".join(self.hangup())
            assert ("nothing is changed" in said) != is_good, said
        else:
            status, answer = self.ask("POST", "/api/v1/config/reload")
            assert (status == 200) == is_good, (status, answer)
            said = json.dumps(answer)
        if not is_good:
            assert REASON.search(said), said

    def write(self, file, text):
        """In one step, as an editor would."""
        path = self.folder / file
        (path.parent / "editor.tmp").write_text(text)
        os.replace(path.parent / "editor.tmp", path)

    def good_by_file(self):
        name, file, draw = self.random.choice(LIVE)
        value = draw(self.random)
        self.write(file, with_value((self.folder / file).read_text(), key_of(name, file), value))
        self.expected[name] = value
        self.reload(True)

    def good_by_patch(self):
        changes = {name: draw(self.random) for name, _, draw in self.random.sample(LIVE, self.random.randint(1, 3))}
        status, answer = self.ask("PATCH", "/api/v1/config", json.dumps({"settings": changes}))
        assert status == 200 and answer["warning"] is None, (status, answer)
        self.expected.update(changes)

    def bad_by_file(self):
        name, file, draw = self.random.choice(LIVE)
        good = (self.folder / file).read_text()
        bad = self.random.choice([
            lambda: with_value(good, key_of(name, file), self.random.choice(["-1", "1e300", '"x"', "null", "[]"])),
            lambda: good.replace(f'"{key_of(name, file)[-1]}":', f'"{key_of(name, file)[-1]}s":', 1),
            lambda: good[:self.random.randrange(len(good) // 2)],  # half of it is written
            lambda: good.replace("}", "]", 1),
            lambda: "",
        ])()
        if self.random.random() < 0.2:  # a restart setting together with a good live one
            file, good = "tickstock.json", (self.folder / "tickstock.json").read_text()
            bad = with_value(with_value(good, ["server", "max_headers"], 63),
                             ["monitoring", "latency_p99_ms"], self.random.randrange(1000, 2000))
        self.write(file, bad)
        self.reload(False)
        self.write(file, good)

    def bad_by_patch(self):
        name, _, draw = self.random.choice(LIVE)
        body = self.random.choice([
            {"settings": {name: draw(self.random), name + "s": 1}},
            {"settings": {name: -1}},
            {"settings": {name: draw(self.random), "server.port": 1}},
            {"settings": {"channels.ohlcv.priority": 1}},
            {"settings": {name: "NaN"}},
            {"settings": {}},
            {"settings": {name: draw(self.random)}, "safe": True},
            "{",
        ])
        text = body if isinstance(body, str) else json.dumps(body)
        status, answer = self.ask("PATCH", "/api/v1/config", text)
        assert status in (400, 409, 422), (status, answer, text)
        assert REASON.search(answer["error"]["message"]), answer
        for problem in answer.get("problems", []):
            assert problem["message"], answer

    def step(self, number):
        # The log takes 50 lines a second of an area, and we read it.
        time.sleep(max(0.0, self.next_step - time.monotonic()))
        self.next_step = time.monotonic() + 0.022
        # Half of them wrong, in no order that a fault could lean on.
        is_good = self.random.random() < 0.5 if number + 1 < RELOADS else True
        by_file = self.random.random() < 0.6
        if is_good:
            self.good_by_file() if by_file else self.good_by_patch()
        else:
            self.bad_by_file() if by_file else self.bad_by_patch()
        self.results["good" if is_good else "bad"] += 1


class Counting(threading.Thread):
    """A client that takes every event from the first one on."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server = server
        self.client = None
        self.target = None
        self.failure = None

    def run(self):
        try:
            asyncio.run(self.follow())
        except BaseException as failure:  # told by the test's thread
            self.failure = failure

    async def follow(self):
        async with self.server.connect() as socket:
            self.client = NativeClient(socket)
            epoch = self.server.status()["epoch"]
            await self.client.subscribe(since={"epoch": epoch, "offset": 0})
            while self.target is None or self.client.position < self.target:
                await self.client.follow_to(self.client.position + 1)


def wait_until_ready(server):
    deadline = time.monotonic() + PATIENCE
    while server.get("/readyz")[0] != 200:
        assert time.monotonic() < deadline, server.get("/readyz")
        time.sleep(0.05)


def wait_for_decisions(server):
    """The engine's list says who changed what."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        latest = server.page("/api/v1/decisions")["decisions"]
        if any(one["kind"] == "configuration_change" and one["by"] in ("api:local", "SIGHUP") for one in latest):
            return
        time.sleep(0.05)
    raise AssertionError(latest)


def metric(server, result):
    text = server.get("/metrics")[2]
    return int(re.search(rf'tickstock_config_reloads_total\{{result="{result}"\}} (\d+)', text).group(1))


def check_settings(server, storm):
    shown = {row["name"]: row for row in server.page("/api/v1/config")["settings"]}
    for name, value in storm.expected.items():
        assert shown[name]["value"] == value, (name, shown[name], value)
        assert shown[name]["origin"].startswith(("tickstock.json:", "channels/")), shown[name]
    assert shown["server.max_headers"]["value"] == 64
    status, answer = storm.ask("POST", "/api/v1/config/reload")
    assert status == 200 and answer["changed"] == [], answer  # files and effect agree


def check_replay(data, config, client):
    """The journal's own events: those that the client saw, byte for byte."""
    said = subprocess.run([binary(), "replay", str(pathlib.Path(data) / "journal"), "--config", str(config), *MARKET,
                           "--order", "stream", "--out", "-", "--quiet"],
                          capture_output=True, text=True, timeout=600)
    assert said.returncode == 0, said.stderr
    replayed = said.stdout.splitlines()
    seen = [body for _, body in client.events]
    assert len(replayed) >= len(seen), (len(replayed), len(seen), said.stderr)
    for number, (again, once) in enumerate(zip(replayed, seen)):
        assert again == once, (number, again, once)
    return len(replayed)


def main():
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder) / "config"
        data = pathlib.Path(folder) / "data"
        config.mkdir()
        subprocess.run([binary(), "config", "check", "--config", str(config)], check=True, capture_output=True)
        shutil.copytree(config, pathlib.Path(folder) / "config0")
        with Server("--config", str(config), "--data", str(data), *MARKET) as server:
            wait_until_ready(server)
            counting = Counting(server)
            counting.start()
            storm = Storm(server, config)
            begin = time.monotonic()
            for number in range(RELOADS):
                assert counting.failure is None, counting.failure
                storm.step(number)
            took = time.monotonic() - begin
            assert server.process.poll() is None, "the process has ended"
            check_settings(server, storm)
            taken = metric(server, "applied") + metric(server, "unchanged")
            refused = metric(server, "invalid") + metric(server, "needs_restart")
            assert (taken, refused) == (storm.results["good"] + 1, storm.results["bad"]), (taken, refused)
            assert metric(server, "failed") == 0
            wait_for_decisions(server)
            counting.target = server.status()["offset"]
            counting.join(PATIENCE)
            assert not counting.is_alive() and counting.failure is None, counting.failure
            client = counting.client
            assert client.gaps == [], client.gaps
            assert [number for number, _ in client.events] == list(range(1, len(client.events) + 1))
            assert len(client.events) > 500, len(client.events)
            server.terminate()
            assert server.exit_code() == 0, server.lines[-5:]
        again = check_replay(data, pathlib.Path(folder) / "config0", client)
        print(f"ok: {storm.results['good']} good and {storm.results['bad']} bad changes in {took:.1f} s, "
              f"{len(client.events)} events seen, {again} replayed")


main()
