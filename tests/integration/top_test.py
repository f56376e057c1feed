"""`tickstock top` in a terminal: what it shows, its keys, sizes, a server that goes and comes."""
import pathlib
import re
import shutil
import tempfile
import unittest

from support import EVERY_EXTREME, Server, binary, write_small_file
from tmux_terminal import TmuxTerminal


def live_server(path, *more, port=0):
    """Replays the small file again and again, a minute a second. Without alerts: those of a busy
    machine would make it DEGRADED."""
    return Server("--source", "replay", "--file", path, "--speed", "60", "--set",
                  "monitoring.enabled=false", *EVERY_EXTREME, *more, port=port)


def top(server_or_port, *arguments, **terminal):
    # The usual second between two pictures: a busy machine must get to see one of them twice.
    port = getattr(server_or_port, "port", server_or_port)
    return TmuxTerminal([binary(), "top", "--url", f"http://127.0.0.1:{port}", *arguments],
                        **terminal)


def offsets(screen):
    """Those of the tape's rows, from above."""
    return [int(found) for found in re.findall(r"^\d\d:\d\d:\d\d.* (\d+)$", screen, re.MULTILINE)]


class Top(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="tickstock_top_"))
        cls.addClassCleanup(shutil.rmtree, folder)
        cls.path = write_small_file(folder)
        cls.server = live_server(cls.path)
        cls.addClassCleanup(cls.server.__exit__)

    def test_the_overview_is_live_and_q_gives_the_terminal_back(self):
        with top(self.server) as terminal:
            screen = terminal.wait_for(lambda text: "READY" in text and offsets(text), "events")
            for word in ("Uptime", "Memory", "Records", "Journal  writing", "replay", "tick ",
                         "ohlcv", "fmv", "Queue", "p99", "Active alerts", "Events"):
                self.assertIn(word, screen)
            newest = max(offsets(screen))
            terminal.wait_for(lambda text: max(offsets(text), default=0) > newest, "newer events")
            self.assertNotIn("earlier text", terminal.screen())
            terminal.press("q")
            self.assertEqual(terminal.exit_code(), 0)
            self.assertEqual(terminal.screen().split("\n")[0], "earlier text")

    def test_keys_change_view_order_and_filter(self):
        with top(self.server) as terminal:
            terminal.wait_for("READY")
            terminal.press("2")
            terminal.wait_for("ts-engine")
            terminal.press("s", "s")
            terminal.wait_for("Rate/s▼")
            terminal.press("S")
            terminal.wait_for("Rate/s▲")
            terminal.press("4")
            terminal.wait_for("Resolved")
            terminal.press("?")
            terminal.wait_for("the next of them")
            terminal.press("Tab")  # leaves the help, no more
            terminal.wait_for("Resolved")
            terminal.press("3")
            terminal.wait_for(lambda text: len(offsets(text)) == 20, "a tape that fills the screen")
            terminal.press("/")
            terminal.wait_for("Symbols (AAPL")
            terminal.press("c", "c", "d", "BSpace", "*", "Enter")
            terminal.wait_for(lambda text: "only cc*" in text and offsets(text) and
                              not re.search("AAA|BBB|DDD|EEE", text), "a filter")
            terminal.press("/", "BSpace", "BSpace", "BSpace", "c", "c", "c", "Enter")
            terminal.wait_for(lambda text: "only ccc" in text and offsets(text), "a filter asked")
            terminal.press("/", "BSpace", "BSpace", "BSpace", "Enter")
            terminal.wait_for(lambda text: "only" not in text and "AAA" in text, "no filter")

    def test_pause_holds_the_picture(self):
        with top(self.server) as terminal:
            terminal.wait_for(lambda text: "READY" in text and offsets(text), "events")
            terminal.press("p")
            held = offsets(terminal.wait_for("PAUSED"))
            # The age goes on, so it is drawn; the events stay.
            screen = terminal.wait_for(lambda text: re.search(r", ([2-9]|\d\d+) s old", text), "an age")
            self.assertEqual(offsets(screen), held)
            terminal.press("Space")
            terminal.wait_for(lambda text: "PAUSED" not in text and
                              max(offsets(text), default=0) > max(held), "newer events")

    def test_scrolling(self):
        with top(self.server) as terminal:
            terminal.press("3")
            terminal.wait_for(lambda text: len(offsets(text)) == 20, "a full screen")
            terminal.press("p")
            first = offsets(terminal.wait_for("PAUSED"))
            terminal.press("Down", "Down")
            terminal.wait_for(lambda text: offsets(text)[:5] == first[2:7], "two lines down")
            terminal.press("NPage")
            terminal.wait_for(lambda text: max(offsets(text), default=1 << 60) < min(first) + 3, "a page down")
            terminal.press("Home")
            terminal.wait_for(lambda text: offsets(text) == first, "the begin")
            terminal.press("End")
            terminal.wait_for(lambda text: min(offsets(text), default=1 << 60) < min(first) - 20, "the end")

    def test_every_size_is_filled_and_never_exceeded(self):
        with top(self.server) as terminal:
            terminal.wait_for("READY")
            for width, height in ((40, 10), (24, 5), (120, 30), (200, 50), (1, 1), (2, 2),
                                  (60, 16)):
                terminal.resize(width, height)
                if width < 10:
                    continue
                # The last line is the keys', the first the head: it fills just this size.
                screen = terminal.wait_for(
                    lambda text, w=width, h=height: len(text.split("\n")) == h + 1 and
                    text.startswith(" TickStock") and
                    text.split("\n")[h - 1].startswith(" q quit") and
                    "READY" in text.split("\n")[0] and
                    text.split("\n")[0].endswith("UTC") == (w >= 40), f"{width}x{height}")
                for line in screen.split("\n"):
                    self.assertLessEqual(len(line), width, line)
            terminal.press("q")
            self.assertEqual(terminal.exit_code(), 0)

    def test_a_server_that_is_killed_and_comes_back(self):
        with live_server(self.path) as first:
            port = first.port
            with top(port, width=100, height=20) as terminal:
                terminal.wait_for(lambda text: "READY" in text and offsets(text), "events")
                first.process.kill()
                first.process.wait()
                screen = terminal.wait_for("AWAY")
                self.assertRegex(screen, r"figures of \d\d:\d\d:\d\d, \d+ s old")
                self.assertRegex(screen, r"connecting: Connection refused|reading: |sending: ")
                self.assertTrue(offsets(screen))  # what was known stays
                terminal.wait_for("connecting: Connection refused")
                # Another history: the tape is that of the new one.
                with live_server(self.path, port=port) as second:
                    terminal.wait_for(lambda text: "READY" in text and "AWAY" not in text, "back")
                    newest = second.status()["offset"]
                    terminal.wait_for(
                        lambda text: max(offsets(text), default=0) > newest and
                        " old" not in text.split("\n")[1], "its events and figures of now")
                    terminal.press("q")
                    self.assertEqual(terminal.exit_code(), 0)

    def test_a_server_that_is_not_there_yet(self):
        with live_server(self.path) as gone:
            port = gone.port
        with top(port) as terminal:
            terminal.wait_for("connecting: Connection refused; trying again")
            with live_server(self.path, port=port):
                terminal.wait_for("READY")
                terminal.press("q")
                self.assertEqual(terminal.exit_code(), 0)

    def test_ascii_without_utf8_and_no_colour_when_asked(self):
        with top(self.server, LC_ALL="C") as terminal:
            screen = terminal.wait_for(lambda text: "READY" in text and offsets(text), "events")
            self.assertTrue(screen.isascii(), screen)
            self.assertIn("v", screen)
        with top(self.server) as terminal:
            terminal.wait_for("READY")
            self.assertRegex(terminal.screen(styles=True), "\x1b\\[[0-9;]*3[126]")
        with top(self.server, NO_COLOR="1") as terminal:
            terminal.wait_for("READY")
            self.assertNotRegex(terminal.screen(styles=True), "\x1b\\[[0-9;]*3[0-7]")


if __name__ == "__main__":
    unittest.main(verbosity=2)
