"""`tickstock compare` against two replays, and the live comparison against the offline one."""

import html.parser
import json
import os
import subprocess
import tempfile
import time
import unittest

from support import PATIENCE, Server, binary

OTHER = "high_low.min_percent_change=0.3"


def tickstock(*arguments, code=0):
    done = subprocess.run([binary(), *arguments], capture_output=True, text=True, timeout=PATIENCE)
    if done.returncode != code:
        raise AssertionError(f"{arguments}: {done.returncode}\n{done.stdout[-500:]}{done.stderr}")
    return done


def record_market(folder, name, seed):
    """A recorded day of the synthetic market."""
    path = os.path.join(folder, name)
    tickstock("generate", "--out", path, "--symbols", "60", "--seed", str(seed), "--from", "09:30",
              "--to", "09:38", "--trades-per-second", "100", "--date", f"2024-03-{4 + seed:02}")
    return path


def replayed(path, *settings):
    """Events of a replay by (id, revision)."""
    arguments = [part for setting in settings for part in ("--set", setting)]
    lines = tickstock("replay", path, "--quiet", "--out", "-", *arguments).stdout.splitlines()
    events = [json.loads(line) for line in lines]
    found = {(event["id"], event["rev"]): event for event in events}
    assert len(found) == len(events)
    return found


def plain(event):
    return {name: value for name, value in event.items() if name not in ("evidence", "offset",
                                                                         "epoch", "ts_pub")}


class Page(html.parser.HTMLParser):
    """Names of a page's tags; every one that opens must close."""
    WITHOUT_END = {"meta", "br"}

    def __init__(self, text):
        super().__init__()
        self.names, self.open, self.attributes = set(), [], []
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag, attributes):
        self.names.add(tag)
        self.attributes += attributes
        if tag not in self.WITHOUT_END:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.names.add(tag)

    def handle_endtag(self, tag):
        last = self.open.pop()
        assert last == tag, (last, tag)


class Compare(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.file = record_market(cls.folder.name, "day1.ndjson", 1)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def compare(self, *arguments, code=0):
        done = tickstock("compare", "--json", "--quiet", "--differences", "100000", *arguments,
                         code=code)
        return json.loads(done.stdout)

    def test_differences_are_exactly_those_of_two_replays(self):
        a = replayed(self.file)
        b = replayed(self.file, OTHER)
        report = self.compare(self.file, "--set-b", OTHER)
        both = a.keys() & b.keys()
        self.assertEqual(report["counts"]["a"], len(a))
        self.assertEqual(report["counts"]["b"], len(b))
        self.assertEqual(report["counts"]["both"], len(both))
        changed = {id for id in both if plain(a[id]) != plain(b[id])}
        self.assertEqual(report["counts"]["changed"], len(changed))
        listed = {"a": set(), "b": set(), "changed": set()}
        for one in report["differences"]:
            ids = {side: (one[side]["event"]["id"], one[side]["event"]["rev"])
                   for side in ("a", "b") if one[side]}
            if one["kind"] == "changed":
                listed["changed"].add(ids["a"])
                continue
            for side, id in ids.items():
                listed[side].add(id)
        self.assertEqual(listed["a"], a.keys() - b.keys())
        self.assertEqual(listed["b"], b.keys() - a.keys())
        self.assertEqual(listed["changed"], changed)
        self.assertGreater(len(listed["a"]), 10, "the settings make no difference")
        self.assertEqual([setting["name"] for setting in report["settings"]],
                         ["high_low.min_percent_change"])
        for part in ("by_type", "by_hour"):
            self.assertEqual(sum(row["only_a"] for row in report[part]), report["counts"]["only_a"])

    def test_one_configuration_against_itself_is_equal(self):
        report = self.compare(self.file, "--fail-on-difference")
        self.assertIs(report["equal"], True)
        self.assertGreater(report["counts"]["both"], 100)
        self.compare(self.file, "--set-a", OTHER, "--set-b", OTHER, "--fail-on-difference")
        self.compare(self.file, "--set-b", OTHER, "--fail-on-difference", code=1)

    def test_one_told_much_later_under_its_id_is_the_same(self):
        """Highs in a cooldown are told at its end."""
        late = "high_low.cooldown_seconds=60"
        a, b = replayed(self.file), replayed(self.file, late)
        report = self.compare(self.file, "--set-b", late)
        self.assertEqual(report["counts"]["both"], len(a.keys() & b.keys()))

    def test_several_days_by_a_pattern_and_by_name(self):
        other = record_market(self.folder.name, "day2.ndjson", 2)
        by_name = self.compare(self.file, other, "--set-b", OTHER)
        by_pattern = self.compare(os.path.join(self.folder.name, "day?.ndjson"), "--set-b", OTHER)
        self.assertEqual(by_name["counts"], by_pattern["counts"])
        self.assertEqual(len(by_pattern["inputs"]), 2)

    def test_configurations_are_folders_or_files(self):
        folder = os.path.join(self.folder.name, "config")
        os.mkdir(folder)
        variant = os.path.join(folder, "variant.json")
        with open(variant, "w", encoding="utf-8") as file:
            json.dump({"high_low": {"min_percent_change": 0.3}}, file)
        by_file = self.compare(self.file, "--config", folder, "--config", variant)
        by_set = self.compare(self.file, "--set-b", OTHER)
        self.assertEqual(by_file["counts"], by_set["counts"])
        self.assertEqual(os.listdir(folder), ["variant.json"], "nothing is made there")
        with open(variant, "w", encoding="utf-8") as file:
            file.write('{"high_low": {"min_percent": 1}}')
        said = tickstock("compare", self.file, "--config", folder, "--config", variant, code=2)
        self.assertIn("variant.json:1", said.stderr)

    def test_the_page(self):
        path = os.path.join(self.folder.name, "report.html")
        text = tickstock("compare", self.file, "--set-b", OTHER, "--html", path, "--quiet").stdout
        self.assertIn("only A", text)
        with open(path, encoding="utf-8") as file:
            page = Page(file.read())
        self.assertTrue({"svg", "table", "details", "rect"} <= page.names)
        self.assertFalse({"script", "link", "img", "iframe"} & page.names)
        self.assertFalse([name for name, _ in page.attributes if name.startswith("on")])

    def test_errors_name_what_was_wrong(self):
        for arguments, word in ((["no/such/file"], "no/such/file"),
                                (["-"], "standard input"),
                                ([self.file, "--config", "no/such"], "no/such"),
                                ([self.file, "--set-b", "high_low"], "--set-b high_low"),
                                ([self.file, "--set-a", "no.such=1"], "no.such"),
                                ([self.file, "--html", self.file], "--html"),
                                ([self.file, *["--config", self.folder.name] * 3], "--config"),
                                ([self.file, "--html", "-", "--json"], "--json")):
            said = tickstock("compare", *arguments, code=2).stderr
            self.assertIn(word, said)


class LiveCompare(unittest.TestCase):
    def test_a_server_counts_what_its_journal_gives_offline(self):
        kind = {"Content-Type": "application/json"}
        with tempfile.TemporaryDirectory() as data:
            market = record_market(data, "day.ndjson", 3)
            with Server("--source", "replay", "--file", market, "--speed", "60", "--no-loop",
                        "--data", data) as server:
                body = json.dumps({"settings": {"high_low.min_percent_change": 0.3},
                                   "reason": "would it miss anything?"})
                status, answer = self.ask(server, "POST", body, kind)
                self.assertEqual(status, 200, answer)
                self.assertEqual(self.ask(server, "POST", body, kind)[0], 409)
                live = self.wait(server, lambda page: page["counts"]["only_a"] > 20)
                self.assertEqual(list(live["settings"]), ["high_low.min_percent_change"])
                self.assertEqual(self.ask(server, "DELETE")[0], 200)
                self.assertEqual(self.ask(server, "DELETE")[0], 409)
                live = self.page(server)
                self.assertIs(live["running"], False)
                for settings in ({"no.such": 1}, {}, {"server.port": 1},
                                 {"high_low.min_percent_change": []}):
                    wrong = json.dumps({"settings": settings, "reason": "x"})
                    self.assertEqual(self.ask(server, "POST", wrong, kind)[0], 400, settings)
            found = tickstock("compare", "--json", "--quiet", "--differences", "100000",
                              os.path.join(data, "journal"), "--set-b", OTHER).stdout
        offline = {self.key(one): one for one in json.loads(found)["differences"]}
        # They are told in the order of their times, but for `changed`, which come at once: all
        # older than the newest is told; of one instant there may be more to come.
        newest = max(one["clock"] for one in live["differences"]
                     if one["kind"] in ("only_a", "only_b"))
        for kind in ("only_a", "only_b"):
            listed = [one for one in live["differences"] if one["kind"] == kind]
            for one in listed:
                self.assertIn(self.key(one), offline)
            told = live["counts"][kind] - sum(one["clock"] == newest for one in listed)
            in_time = [one for one in offline.values()
                       if one["kind"] == kind and live["since_clock"] < one["clock"] < newest]
            self.assertEqual(told, len(in_time), kind)

    @staticmethod
    def key(difference):
        side = difference["a"] or difference["b"]
        return difference["kind"], side["event"]["id"], side["event"]["rev"]

    @staticmethod
    def ask(server, method, body=None, headers=None):
        return server.request(method, "/api/v1/compare", body, headers)

    def page(self, server):
        status, page = self.ask(server, "GET")
        self.assertEqual(status, 200)
        return page

    def wait(self, server, holds):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            page = self.page(server)
            self.assertIsNone(page["failure"])
            if holds(page):
                return page
            time.sleep(0.1)
        self.fail(f"it never came: {page['counts']}")


if __name__ == "__main__":
    unittest.main()
