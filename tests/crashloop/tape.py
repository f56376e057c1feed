"""A made-up tape, and what the journal must hold of it."""
import itertools
import re
import subprocess
import time

from life import PATIENCE, Life, Violation

FORMATS = {"journal": "tsj", "ndjson": "ndjson.zst", "polygon-ws": "json.gz"}


class Tape:
    """The file, and the records in it as the server reads them when nobody disturbs it."""

    def __init__(self, binary, folder, seed, form, market_seconds, trades_per_second):
        self.binary = binary
        self.market_seconds = market_seconds
        self.file = folder / f"tape.{FORMATS[form]}"
        end = 9 * 3600 + 30 * 60 + market_seconds
        subprocess.run(
            [binary, "generate", "--out", self.file, "--format", form, "--seed", str(seed), "--symbols", "200",
             "--date", "2024-03-05", "--from", "09:30", "--to",
             f"{end // 3600:02}:{end // 60 % 60:02}:{end % 60:02}", "--trades-per-second", str(trades_per_second)],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.truth = self.file if form == "journal" else self._undisturbed(folder)
        self.records = sum(1 for _ in self._lines(self.truth))

    def _undisturbed(self, folder):
        """A journal of the whole tape, written in one life."""
        life = Life(self.binary, ["--data", str(folder / "truth"), "--source", "replay", "--file", str(self.file),
                                  "--speed", "0", "--no-loop"])
        try:
            life.wait_until_listening()
            end = time.monotonic() + PATIENCE
            while not life.has_read_everything() and time.monotonic() < end:
                time.sleep(0.05)
            life.stop()
        finally:
            if life.process.poll() is None:
                life.kill()
        return folder / "truth" / "journal"

    def speed(self, records_per_second):
        return records_per_second * self.market_seconds / self.records

    def _lines(self, path):
        """The records of a journal as text, without what its place in the order gives them."""
        process = subprocess.Popen([self.binary, "journal", "cat", path], stdout=subprocess.PIPE, text=True)
        place = re.compile(r'^\{"sequence":\d+,|"clock":"[^"]*",')
        for line in process.stdout:
            if '"kind":"decision"' not in line and '"kind":"clock_tick"' not in line:
                yield place.sub("", line)
        if process.wait() != 0:
            raise Violation(f"journal cat {path} ends with {process.returncode}")

    def must_be_in(self, journal):
        """Every record once, in order."""
        pairs = itertools.zip_longest(self._lines(self.truth), self._lines(journal))
        for number, (expected, found) in enumerate(pairs, 1):
            if expected != found:
                raise Violation(f"record {number} of the tape is {expected!r}, the journal has {found!r}")
