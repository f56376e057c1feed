"""The recorded day that the double plays: trades of a flat file, or a made-up market's where the
recordings are not installed. A trade's key is (symbol, sequence number)."""
import csv
import gzip
import pathlib
import subprocess

import support

RECORDED = "lean_flat/2013-10-07.trades.csv.gz"


def _time(text):
    """ns as the wire has it: the vendor tells milliseconds."""
    return int(text) // 10**6 * 10**6


class Tape:
    """Rows in the tape's order; `file` is what double and oracle read."""

    def __init__(self, file):
        self.file = str(file)
        opened = gzip.open(file, "rt") if self.file.endswith(".gz") else open(file)
        with opened:
            self.header, *self.rows = opened.read().splitlines()
        self.columns = {name: at for at, name in enumerate(next(csv.reader([self.header])))}
        fields = [next(csv.reader([row])) if '"' in row else row.split(",") for row in self.rows]
        symbol, number, time = (self.columns[name] for name in
                                ("ticker", "sequence_number", "sip_timestamp"))
        self.keys = [(row[symbol], int(row[number])) for row in fields]
        self.times = [_time(row[time]) for row in fields]
        self.index = {key: at for at, key in enumerate(self.keys)}
        assert len(self.index) == len(self.keys), "a sequence number stands twice in the tape"
        assert self.times == sorted(self.times), "the tape is not in the order of time"
        self._fields = fields

    def __len__(self):
        return len(self.keys)

    def body(self, at):
        """What a journal's entry must say of this trade."""
        row = self._fields[at]
        field = lambda name: row[self.columns[name]]
        conditions = [int(code) for code in field("conditions").split(",") if code]
        return (self.times[at], float(field("price")), float(field("size")),
                int(field("exchange")), int(field("tape")), conditions, field("id"))

    def write(self, path, indexes):
        """A flat file of these rows; its path."""
        with open(path, "w") as file:
            file.write(self.header + "\n")
            file.writelines(self.rows[at] + "\n" for at in indexes)
        return str(path)

    def coarse(self, folder, grain=10**9):
        """The same trades with times cut to `grain` ns: many of a symbol in one ms."""
        path = pathlib.Path(folder) / "coarse.csv"
        with open(path, "w", newline="") as made:
            out = csv.writer(made, lineterminator="\n")
            out.writerow(self.columns)
            times = [self.columns[name] for name in ("sip_timestamp", "participant_timestamp")]
            for fields in self._fields:
                row = list(fields)
                for at in times:
                    row[at] = int(row[at]) // grain * grain
                out.writerow(row)
        return Tape(path)

    def slice(self, folder, first, count):
        """A tape of some of the rows."""
        path = pathlib.Path(folder) / f"slice-{first}-{count}.csv"
        return Tape(self.write(path, range(first, min(first + count, len(self)))))


def recorded_day(name=RECORDED):
    """None where the recordings are not installed."""
    path = support.recorded_file(name)
    return Tape(path) if path else None


def made_up(folder, symbols=120, seed=7, until="09:45", rate=40):
    """A market's first minutes, many symbols. Times are cut to ms, as the wire tells them."""
    raw = pathlib.Path(folder) / "raw.csv"
    subprocess.run(
        [support.binary(), "generate", "--out", str(raw), "--format", "polygon-trades-csv", "--seed",
         str(seed), "--symbols", str(symbols), "--date", "2024-03-05", "--from", "09:30", "--to",
         until, "--trades-per-second", str(rate), "--no-quotes", "--no-bars", "--no-fair-values"],
        check=True, capture_output=True, timeout=support.PATIENCE)
    path = pathlib.Path(folder) / "made_up.csv"
    with open(raw, newline="") as source, open(path, "w", newline="") as made:
        rows = csv.DictReader(source)
        out = csv.DictWriter(made, rows.fieldnames, lineterminator="\n")
        out.writeheader()
        for row in rows:
            for name in ("sip_timestamp", "participant_timestamp", "trf_timestamp"):
                row[name] = _time(row[name]) if row[name] else ""
            out.writerow(row)
    return Tape(path)


def any_tape(folder, first, count):
    """A slice of the recorded day, or a made-up market where there is none."""
    day = recorded_day()
    if day is None:
        print("skipped in part: no recorded data; a made-up market instead")
        return made_up(folder)
    return day.slice(folder, first, count)
