#!/usr/bin/python3
"""The recorded DBN files through a decoder written apart from the product's (struct and offsets
only): the golden summary that the product's own test compares with, and what the command counts."""
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("TICKSTOCK_TEST_DATA") or ROOT.parent / "shared" / "data")
SAMPLES = DATA / "dbn" / "databento-python" / "tests" / "data"
GOLDEN = ROOT / "src" / "sources" / "dbn" / "golden" / "samples.txt"
BINARY = os.environ.get("TICKSTOCK_BINARY")

UNDEFINED_PRICE = 2**63 - 1
EXCHANGES = {2: 12, 95: 0}  # Nasdaq; Equities Mini is consolidated
SHARE = 1_000_000


def decompressed(path):
    return subprocess.run(["zstd", "-dcq", path], check=True, capture_output=True).stdout


def records(data):
    """(rtype, publisher, instrument, ts_event, bytes) of every record."""
    at = 8 + struct.unpack_from("<I", data, 4)[0]
    while at < len(data):
        words, kind, publisher, instrument, event = struct.unpack_from("<BBHIQ", data, at)
        yield kind, publisher, instrument, event, data[at:at + 4 * words]
        at += 4 * words


def price_or_none(raw):
    return 0 if raw == UNDEFINED_PRICE else raw


class Summary:
    def __init__(self, data):
        self.rows = self.trades = self.quotes = self.bars = self.unsupported = 0
        self.prices = self.sizes = self.sequences = self.received_after = 0
        self.first = self.exchange = 0
        self.any = False
        self.symbol = data[8 + 100 + 4 + 4:].split(b"\0")[0].decode()  # the only one asked for
        for record in records(data):
            self.rows += 1
            self.add(*record)

    def add(self, kind, publisher, _instrument, event, record):
        if kind in (0x20, 0x21, 0x22, 0x23):
            opened, high, low, closed, volume = struct.unpack_from("<qqqqQ", record, 16)
            self.bars += 1
            self.prices += opened + 3 * high + 5 * low + 7 * closed
            self.sizes += volume * SHARE
            self.take(event, event, 0)
        elif kind == 0xA0:
            _, price, size, _, _, action, _, received, _, sequence = struct.unpack_from(
                "<QqIBBccQiI", record, 16)
            if action == b"T":
                self.trade(publisher, price, size, event, received, sequence)
            else:
                self.unsupported += 1
        elif kind in (0x00, 0x01, 0x0A, 0xC3, 0xC4):
            price, size, action, _, _, _, received, _, sequence = struct.unpack_from(
                "<qIccBBQiI", record, 16)
            if kind == 0x00 or (action == b"T" and kind in (0x01, 0x0A)):
                self.trade(publisher, price, size, event, received, sequence)
            else:
                bid, ask, bid_size, ask_size = struct.unpack_from("<qqII", record, 48)
                self.quotes += 1
                self.prices += price_or_none(bid) + 3 * price_or_none(ask)
                self.sizes += (bid_size + 3 * ask_size) * SHARE
                self.take(received if kind >= 0xC3 else event, received, sequence)
        else:
            self.unsupported += 1

    def trade(self, publisher, price, size, event, received, sequence):
        if not self.any:
            self.exchange = EXCHANGES[publisher]
        self.trades += 1
        self.prices += price
        self.sizes += size * SHARE
        self.take(event, received, sequence)

    def take(self, event, received, sequence):
        if not self.any:
            self.first = event
            self.any = True
        self.sequences += sequence
        self.received_after += received - event

    def line(self, name):
        symbol = self.symbol if self.any else "-"
        return (f"{name} rows {self.rows} trades {self.trades} quotes {self.quotes} bars {self.bars} "
                f"unsupported {self.unsupported} symbol {symbol} exchange {self.exchange} "
                f"first {self.first} prices {self.prices} sizes {self.sizes} "
                f"sequences {self.sequences} received_after {self.received_after}\n")


def samples():
    return sorted(SAMPLES.rglob("*.dbn.zst"))


class Samples(unittest.TestCase):
    def test_the_golden_summary_is_what_this_decoder_reads(self):
        told = "".join(Summary(decompressed(path)).line(path.relative_to(SAMPLES).as_posix())
                       for path in samples())
        self.assertEqual(told, GOLDEN.read_text())

    def test_the_command_counts_every_row_from_files_and_standard_input(self):
        for path in samples():
            summary = Summary(decompressed(path))
            taken = summary.trades + summary.quotes + summary.bars
            for arguments, given in (([str(path)], None), (["-"], path.read_bytes()),
                                     (["--format", "dbn", "-"], decompressed(path))):
                result = subprocess.run([BINARY, "replay", *arguments], input=given,
                                        capture_output=True, timeout=60)
                text = result.stderr.decode()
                self.assertEqual(result.returncode, 0 if taken else 1, text)
                self.assertEqual("no row of the input carries a record" in text, not taken, text)
                counts = re.search(r"^\s*sources\s+(.*)$", text, re.M)
                self.assertIsNotNone(counts, text)
                numbers = [int(n.replace(",", "")) for n in re.findall(r"[\d,]*\d", counts[1])]
                self.assertEqual(numbers[:2], [summary.rows, taken], text)


if __name__ == "__main__":
    if "--write" in sys.argv:
        GOLDEN.write_text("".join(Summary(decompressed(path)).line(
            path.relative_to(SAMPLES).as_posix()) for path in samples()))
        sys.exit(0)
    if not SAMPLES.is_dir() or not BINARY or shutil.which("zstd") is None:
        print("skipped: no recordings, no binary or no zstd")
        sys.exit(77)
    unittest.main()
